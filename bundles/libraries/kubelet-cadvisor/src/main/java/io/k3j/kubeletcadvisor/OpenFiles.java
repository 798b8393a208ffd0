package io.k3j.kubeletcadvisor;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What processes have open, by proc_pid_fd(5), for one scrape. One thread.
///
/// Each descriptor has to be looked at, so a scrape looks at a number of them only: groups it comes to later have no
/// count then, rather than a wrong one.
final class OpenFiles {
    /// Descriptors and processes that are looked at in a scrape.
    static final int MOST_DESCRIPTORS = 100_000;
    private static final String SOCKET = "socket";
    private final KernelText kernel;
    private int left;

    /// @param most that are looked at
    OpenFiles(KernelText kernel, int most) {
        this.kernel = kernel;
        left = most;
    }

    /// What some processes have open together.
    ///
    /// @param descriptors all of them
    /// @param sockets among them
    record Count(long descriptors, long sockets) {
        /// There was too much to look at.
        static final Count UNKNOWN = new Count(-1, -1);

        boolean known() {
            return descriptors >= 0;
        }
    }

    /// A process that has gone, or that may not be looked at, has nothing open.
    Count of(List<String> processes) {
        long descriptors = 0;
        long sockets = 0;
        for (String pid : processes) {
            left--;
            try (DirectoryStream<Path> all = Files.newDirectoryStream(kernel.path("/proc/" + pid + "/fd"))) {
                for (Path each : all) {
                    left--;
                    descriptors++;
                    sockets += socket(each) ? 1 : 0;
                    if (left < 0) {
                        return Count.UNKNOWN;
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // it has gone meanwhile
            }
            if (left < 0) {
                return Count.UNKNOWN;
            }
        }
        return new Count(descriptors, sockets);
    }

    private static boolean socket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(SOCKET);
        } catch (IOException e) {
            return false;
        }
    }
}
