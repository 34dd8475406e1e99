"""Words that mean about the same: what people say, and what the classification says. Pure.

A line is a group. They widen a query and count less than the very word.
"""

from __future__ import annotations

from conditions.search.words import stem, words

_GROUPS = """
abdomen abdominal belly tummy
abortion miscarriage
ache aching pain painful sore
acne pimples zits
addiction dependence misuse abuse
alcohol alcoholic drinking
allergy allergic hypersensitivity
amputation amputated loss
anal anus
ankle talus
anxiety anxious worry
arm brachial
artery arterial
baby babies infant infantile newborn neonatal
back dorsal spinal spine
backbone vertebra vertebral spine spinal
bite bitten
bladder vesical
bleeding bleed hemorrhage hemorrhagic
blind blindness sightless
blister blisters bullous vesicular
blood hematologic hematological
bone bones osseous
bowel gut intestine intestinal
brain cerebral encephalic
breast mammary
breathing breath respiratory respiration
breathless breathlessness dyspnea
broken break fracture fractured
bruise bruising contusion ecchymosis
bug insect
bump lump mass nodule
cancer cancerous carcinoma malignant malignancy neoplasm
child children childhood juvenile pediatric
chronic longstanding persistent
clot clots thrombosis thrombus thrombotic embolism
cold hypothermia
confusion confused disorientation
constipated constipation
convulsion convulsions seizure seizures fit
cough coughing
cut laceration wound
deaf deafness hearing
dead death mortality
dent dental tooth teeth
depression depressed depressive
diabetes diabetic
diarrhea loose stools
dizzy dizziness giddiness vertigo
drug drugs medication medicine
drunk intoxication intoxicated
dry dryness
ear ears otic
elderly aged senile
eye eyes ocular ophthalmic
eyelid lid
face facial
faint fainting syncope
farsighted hyperopia longsighted
fat obese obesity overweight
fatigue tired tiredness exhaustion
fear phobia phobic
feet foot
female woman women
fever febrile pyrexia
finger fingers
flu influenza
fungal fungus mycosis tinea
gallbladder cholecystic
gallstone gallstones cholelithiasis
genetic hereditary inherited familial
gland glandular
gum gums gingival
hair capillary alopecia
hand hands
head cranial cephalic
headache cephalalgia
heart cardiac
heartburn reflux
heat hot
high elevated raised
hip coxal
hives urticaria
hoarse hoarseness dysphonia
hole perforation
illness sickness disease disorder condition
inborn congenital
infected infection infectious infective
inflamed inflammation inflammatory
injury injuries trauma traumatic
itch itching itchy pruritus
jaw mandible maxilla
joint joints articular
kid child
kidney kidneys renal
knee patella patellar
lack deficiency insufficient
lazy amblyopia
leg legs limb
leprosy hansen
lip lips labial
liver hepatic
low decreased reduced
lung lungs pulmonary
male man men
measles rubeola morbilli
memory amnesia
menstrual menstruation period periods
mental psychological psychic psychiatric
mole nevus
mouth oral
mumps parotitis
muscle muscles muscular
nail nails
nausea nauseous queasy
nearsighted myopia shortsighted
neck cervical
nerve nerves neural
nervous nervousness
nose nasal
numb numbness anesthesia
nursing breastfeeding lactation
old elderly
overdose poisoning
palsy paralysis paralyzed paralytic
pancreas pancreatic
pee urination urine urinary
penis penile
piles hemorrhoids
pinkeye conjunctivitis
plague pestis
poison poisoning poisonous toxic
pregnancy pregnant gestational gestation
prostate prostatic
rash rashes exanthem eruption
rectal rectum
rib ribs costal
rupture ruptured tear torn
scar scars cicatrix
schooling education
shake shaking tremor
shin tibia tibial
shingles zoster
shortness dyspnea
sight visual vision
sinus sinuses
skin cutaneous dermal
skull cranium
sleep sleeping
sleepless sleeplessness insomnia
smell olfactory
smoking smoker tobacco nicotine
sneezing sneeze
snore snoring
speech speaking
spine spinal vertebral
spleen splenic
sprain strain
squint strabismus
stiff stiffness
stomach gastric
stone stones calculus lithiasis
stroke infarction
stutter stuttering stammer stammering
suicide suicidal
swallow swallowing dysphagia
sweat sweating hyperhidrosis
swelling swollen edema
tapeworm tapeworms
testicle testicles testis testicular
throat pharynx pharyngeal
toe toes
tonsil tonsils
tumor tumour growth neoplasm
ulcer ulcers sore
unconscious unconsciousness coma
urine urinary
vagina vaginal
vein veins venous
vessel vascular
virus viral
vomit vomiting emesis
wart warts verruca
weak weakness asthenia
womb uterus uterine
worm worms helminth helminthiasis
worn degenerative degeneration
wrist carpal
yeast candida candidiasis candidal thrush
yellow jaundice
"""


def _near() -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for line in _GROUPS.split("\n"):
        group = {stem(word) for word in words(line)}
        for each in group:
            near.setdefault(each, set()).update(group - {each})
    return {each: frozenset(others) for each, others in near.items() if others}


NEAR = _near()
"""For a stem the other stems of its groups."""
