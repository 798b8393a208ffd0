package io.k3j.kubeletvolumes;

import java.io.IOException;

/// Runs programs of the node to their end; [HostPrograms] does. Any thread; blocks.
@FunctionalInterface
public interface HostProgram {
    /// How a program ended.
    ///
    /// @param code its exit code; negative when it was killed because its time was over
    /// @param output what it printed
    /// @param complaint what it printed on standard error, or why it was killed
    record Result(int code, String output, String complaint) {
        private static final int MOST_SAID = 2000;

        /// What it said, in one line for a message; of much the end.
        public String said() {
            String all = (output.strip() + " " + complaint.strip()).strip().replace('\n', ' ');
            return all.length() <= MOST_SAID ? all : "..." + all.substring(all.length() - MOST_SAID);
        }
    }

    /// @param line the program's name and its arguments; no shell reads them
    /// @return how it ended, however that is
    /// @throws java.nio.file.NoSuchFileException when the node has no such program
    Result run(String... line) throws IOException;
}
