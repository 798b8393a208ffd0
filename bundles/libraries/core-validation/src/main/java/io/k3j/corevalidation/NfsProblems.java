package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// What can be wrong with `nfs` of PersistentVolumes and pods, as upstream's `validateNFSVolumeSource`; that `server`
/// and `path` are there is looked at with all fields that have to be. Pure; any thread.
public final class NfsProblems {
    private NfsProblems() {
    }

    /// Checks the source at its place. No path is taken apart: it is the server's.
    public static void check(Struct nfs, Problems p) {
        if (!nfs.text("path").startsWith("/")) {
            p.at("path").invalid(nfs.text("path"), "must be an absolute path");
        }
    }
}
