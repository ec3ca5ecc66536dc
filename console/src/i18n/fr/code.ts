/** French messages of the viewer of bodies. */
import type { codeEn } from "../en/code.ts";

/** See the English file for what each is. */
export const codeFr: Record<keyof typeof codeEn, string> = {
  "code.mode": "Forme : {what}",
  "code.mode.pretty": "Mis en forme",
  "code.mode.raw": "Brut",
  "code.mode.hex": "Hexa",
  "code.wrap": "Retour à la ligne",
  "code.find": "Rechercher",
  "code.path": "Chemin JSON",
  "code.pathHint": "Choisissez une ligne du texte, à la souris ou avec les flèches, pour voir son chemin",
  "code.save": "Télécharger",
  "code.empty": "Vide",
  "code.hexCut": "Seuls les premiers {size} sont montrés en octets. Téléchargez le corps pour le reste.",
  "code.next": "suivant",
  "code.previous": "précédent",
  "code.all": "tout",
  "code.matchCase": "respecter la casse",
  "code.byWord": "mot entier",
  "code.regexp": "expression régulière",
  "code.currentMatch": "occurrence actuelle",
  "code.onLine": "à la ligne",
  "code.folded": "texte replié",
  "code.fold": "Replier la ligne",
  "code.unfold": "Déplier",
  "code.control": "Caractère de contrôle",
};
