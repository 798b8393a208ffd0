package io.k3j.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/// A first look at where `--write-kubeconfig` points, so that a server which could not write there ends before it
/// opens its datastore and runs controllers.
final class KubeconfigFile {
    private static final String NEXT = "; choose another file with --write-kubeconfig, or run as root";

    private KubeconfigFile() {
    }

    /// Refuses a file that could not be written, without writing anything. One that can be read may already be as it
    /// should; then nothing is written.
    static void refuseClosed(Path file) throws StartFailure {
        if (Files.isDirectory(file)) {
            throw new StartFailure("cannot write the kubeconfig " + file + ": it is a directory" + NEXT);
        }
        if (Files.exists(file)) {
            if (!Files.isReadable(file)) {
                throw new StartFailure("cannot read the kubeconfig " + file + " that is there: access denied" + NEXT);
            }
            return;
        }
        Path there = file.getParent();
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        if (there != null && !(Files.isDirectory(there) && Files.isWritable(there))) {
            throw new StartFailure("cannot write the kubeconfig " + file + ": no file can be made in " + there + NEXT);
        }
    }
}
