/** French messages around the programs that receive webhooks. */
import type { snippetsEn } from "../en/snippets.ts";

/** See the English file for what each is. */
export const snippetsFr: Record<keyof typeof snippetsEn, string> = {
  "snippets.languages": "Langages",
  "snippets.install": "Installation",
  "snippets.secret": "Les programmes prennent le secret de signature du webhook dans l’environnement :",
  "snippets.publicKeyOnly":
    "Ce webhook est signé par sa seule paire de clés (v1a). Le programme avec notre client prend la clé publique à la place du secret ; les autres vérifient v1 : pour les utiliser, faites demander les deux au webhook.",
  "snippets.about.node":
    "Avec notre client : vérifie la signature, et contrôle le jeton une fois auprès de ce serveur.",
  "snippets.about.standardwebhooks":
    "Avec la bibliothèque de Standard Webhooks : vérifie la signature sans aucun appel.",
  "snippets.about.python": "Avec la seule bibliothèque de Python : vérifie la signature sans aucun appel.",
  "snippets.about.go": "Avec la seule bibliothèque de Go : vérifie la signature sans aucun appel.",
  "snippets.about.php": "En PHP simple : vérifie la signature sans aucun appel.",
  "snippets.about.curl": "Envoie une requête signée à votre code pour l’essayer, et contrôle un jeton.",
};
