package io.k3j.durablefiles;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.StringJoiner;

/// A shell in a mount namespace of its own, with a file system in memory. Nobody else sees what is mounted there, and
/// all of it is gone with the shell, which ends when this process does, however that comes about.
final class MountNamespace implements AutoCloseable {
    private static final String END = "the command ended with ";
    private final Process shell;
    private final BufferedReader answers;
    private final Writer commands;
    private final Path memory;

    /// @param directory an empty one, below which everything takes place
    MountNamespace(Path directory) throws IOException {
        shell = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh").redirectErrorStream(true)
                .start();
        answers = shell.inputReader(UTF_8);
        commands = shell.outputWriter(UTF_8);
        memory = Path.of("/proc/" + shell.pid() + "/root" + directory.toAbsolutePath());
        try {
            run("export PATH=$PATH:/usr/sbin:/sbin; mount -t tmpfs -o mode=700,size=32m none '" + directory
                    + "' && cd '" + directory + "'");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// The directory as this process reaches it.
    Path memory() {
        return memory;
    }

    /// Runs a command in the directory.
    /// @throws IOException when it does not end with 0, with all it printed
    void run(String command) throws IOException {
        commands.write("{ " + command + "; } < /dev/null; echo \"" + END + "$?\"\n");
        commands.flush();
        StringJoiner said = new StringJoiner("\n");
        String line = answers.readLine();
        while (line != null && !line.startsWith(END)) {
            said.add(line);
            line = answers.readLine();
        }
        if (line == null || !line.equals(END + "0")) {
            throw new IOException(command + ": " + (line == null ? "the shell has ended" : line) + ": " + said);
        }
    }

    @Override
    public void close() throws IOException {
        commands.close();
        shell.onExit().join();
    }
}
