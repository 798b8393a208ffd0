package io.k3j.cli;

import io.k3j.codec.TerminalText;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `k3s bundle ls|check|swap|back|stop|start` and `k3s component ls|status|enable|disable`: asks the running server
/// over its root-only local socket. The answer is lines marked `+` (output) or `!` (complaint), then `=` and the exit
/// code. `k3s component shell` is [ShellCommand].
final class BundleCommand {
    private static final String USAGE = "use: k3s bundle ls | check JAR | swap JAR [--plan] | back NAME | stop NAME |"
            + " start NAME";
    private static final String COMPONENT_USAGE = "use: k3s component ls | status [NAME] [-o json | --cluster] |"
            + " enable NAME [--cluster] [--plan] | disable NAME [--cluster] [--plan] | shell [-- COMMAND]";

    private BundleCommand() {
    }

    static int run(List<String> arguments, Host host, PrintStream out, PrintStream err) {
        return ask(words(arguments, USAGE), arguments, host, out, err);
    }

    /// A conversation with the server.
    interface Conversation {
        /// @return the exit code
        int with(SocketChannel channel, BufferedReader lines) throws IOException;
    }

    /// `k3s component …`.
    static int component(List<String> arguments, Host host, PrintStream out, PrintStream err) {
        if (ShellCommand.means(arguments)) {
            return ShellCommand.run(arguments, host, new ShellCommand.Terminal(System.in, out, err));
        }
        List<String> words = new ArrayList<>(List.of("component"));
        words.addAll(words(arguments, COMPONENT_USAGE));
        return ask(words, arguments, host, out, err);
    }

    /// What the server prints to a question; its complaints are left out.
    /// @throws UsageFailure when there is no server
    static List<String> lines(String[] question, List<String> arguments, Host host) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(answer, false, StandardCharsets.UTF_8);
                PrintStream complaints = new PrintStream(OutputStream.nullOutputStream(), false,
                        StandardCharsets.UTF_8)) {
            ask(List.of(question), arguments, host, out, complaints);
        }
        return answer.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static int ask(List<String> words, List<String> arguments, Host host, PrintStream out, PrintStream err) {
        return connected(arguments, host, (channel, lines) -> {
            send(channel, String.join("\t", words));
            return answer(lines, out, err);
        });
    }

    /// Talks to the server that the arguments name.
    /// @throws UsageFailure when there is none, or it goes
    static int connected(List<String> arguments, Host host, Conversation conversation) {
        Path socket = Path.of(dataDir(arguments, host), "bundles", "console.sock");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return conversation.with(channel,
                    new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UsageFailure("cannot reach the server at " + socket + ": " + e.getMessage()
                    + "; is k3s server running here, and are you root? --data-dir names another data directory");
        }
    }

    /// Sends one line.
    static void send(SocketChannel channel, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Shows one answer as it comes.
    /// @return its exit code
    static int answer(BufferedReader lines, PrintStream out, PrintStream err) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            switch (line.isEmpty() ? ' ' : line.charAt(0)) {
                case '+' -> out.println(TerminalText.escaped(line.substring(1)));
                case '!' -> err.println("k3s: " + TerminalText.escaped(line.substring(1)));
                case '=' -> {
                    return Integer.parseInt(line.substring(1));
                }
                default -> throw new IOException("unexpected answer");
            }
        }
        throw new IOException("the connection ended before the answer did");
    }

    /// The words to send: a jar's path is made absolute, because the server has a directory of its own.
    static List<String> words(List<String> arguments, String usage) {
        List<String> words = new ArrayList<>(arguments);
        int at = words.indexOf("--data-dir");
        if (at >= 0 && at + 1 < words.size()) {
            words.subList(at, at + 2).clear();
        }
        words.removeIf(w -> w.startsWith("--data-dir="));
        if (words.isEmpty()) {
            throw new UsageFailure(usage);
        }
        if (words.getFirst().equals("swap") || words.getFirst().equals("check")) {
            words.replaceAll(word -> word.equals(words.getFirst()) || word.startsWith("--") ? word
                    : Path.of(word).toAbsolutePath().normalize().toString());
        }
        return words;
    }

    /// The data directory of the server that is meant.
    static String dataDir(List<String> arguments, Host host) {
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith("--data-dir=")) {
                return arguments.get(i).substring("--data-dir=".length());
            }
            if (arguments.get(i).equals("--data-dir") && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
        }
        return EarlyKeys.of(host).dataDir();
    }
}
