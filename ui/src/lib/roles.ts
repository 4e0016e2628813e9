import type { Role } from "../backend";
import { m } from "../paraglide/messages.js";

/** What each role is called. */
export const roles: Record<Role, () => string> = {
  one_stop: m.ui_role_one_stop,
  specialist: m.ui_role_specialist,
  leader: m.ui_role_leader,
  volunteer: m.ui_role_volunteer,
  administrator: m.ui_role_administrator,
};
