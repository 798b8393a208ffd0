package io.k3j.helmcontroller;

import io.k3j.helmcontroller.Releases.Revision;
import java.util.List;
import java.util.Optional;

/// What is to be done about a release, from what there is: K3s' rules. Pure.
///
/// ```
/// nothing there ─► install                    deployed, as wanted ─► nothing
/// deployed, otherwise ─► upgrade              interrupted upgrade ─► call it failed, upgrade
/// failed, or another operation interrupted ─► by failurePolicy: reinstall · abort · retry
/// ```
///
/// @param steps what Helm is to do, in order; none when nothing is to be done
/// @param interrupted whether the newest revision is to be called failed before
/// @param stuck why nothing is done although the release is not as wanted; empty otherwise
record Decision(List<String> steps, boolean interrupted, String stuck) {
    static final String INSTALL = "install";
    static final String UPGRADE = "upgrade";
    static final String UNINSTALL = "uninstall";
    private static final List<String> PENDING = List.of("pending-install", "pending-upgrade", "pending-rollback",
            "uninstalling", "superseded");

    /// The same, but a release that is as it is wanted is upgraded to the same once more.
    Decision again() {
        return steps.isEmpty() && stuck.isEmpty() ? new Decision(List.of(UPGRADE), interrupted, "") : this;
    }

    /// For a release that is wanted.
    ///
    /// @param latest its newest revision
    /// @param hash what it is to be made from
    /// @param policy for failed ones
    static Decision of(Optional<Revision> latest, String hash, String policy) {
        if (latest.isEmpty()) {
            return new Decision(List.of(INSTALL), false, "");
        }
        Revision revision = latest.get();
        boolean pending = PENDING.contains(revision.status());
        if (revision.deployed()) {
            return new Decision(revision.hash().equals(hash) ? List.of() : List.of(UPGRADE), false, "");
        }
        if (revision.status().equals("pending-upgrade") || revision.status().equals("superseded")) {
            return new Decision(List.of(UPGRADE), true, "");
        }
        return switch (policy) {
            case "abort" -> new Decision(List.of(), pending, "release status is '"
                    + (pending ? "failed" : revision.status()) + "' and the failure policy is 'abort': repair the"
                    + " release with helm, or choose another failurePolicy");
            case "retry" -> new Decision(List.of(UPGRADE), pending, "");
            default -> new Decision(List.of(UNINSTALL, INSTALL), pending, "");
        };
    }
}
