package io.k3j.cniflannel;

import io.k3j.childprocess.Command;
import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Links, sysctls and files of this machine.
final class Host {
    private static final System.Logger LOG = System.getLogger("io.k3j.cniflannel");
    private static final Path LINKS = Path.of("/sys/class/net");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// Not `route_localnet`: nothing here needs it but host ports at 127.0.0.1, for which `portmap` sets it on the
    /// bridge alone. On all interfaces it would open this machine's 127.0.0.1 to its link wherever no rule drops that.
    static final Map<String, String> SYSCTLS = Map.of("net/ipv4/ip_forward", "1", "net/ipv4/conf/all/forwarding", "1",
            "net/ipv4/conf/default/forwarding", "1", "net/ipv6/conf/all/forwarding", "1",
            "net/ipv6/conf/default/forwarding", "1");
    private final Command command = new Command(LIMIT);

    /// Sets the sysctls for forwarding; one that is missing or not permitted is logged at debug level, since
    /// namespaces differ in what they allow.
    void sysctls() {
        SYSCTLS.forEach(this::sysctl);
    }

    /// Sets one sysctl, named by its path.
    void sysctl(String name, String value) {
        try {
            Path file = Path.of("/proc/sys", name);
            if (Files.exists(file) && !Files.readAllLines(file).equals(List.of(value))) {
                Files.writeString(file, value);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Sysctl {0}: {1}", name, e.getMessage());
        }
    }

    /// The line that gives a device an address; one of IPv6 can be used at once, for nobody else may have it.
    static List<String> address(String device, InetAddress address, int bits) {
        List<String> line = new ArrayList<>(List.of("ip", "address", "replace", Cidr.text(address) + "/" + bits, "dev",
                device));
        line.addAll(address.getAddress().length == Integer.BYTES ? List.of() : List.of("nodad"));
        return line;
    }

    /// The names of all links.
    List<String> links() throws IOException {
        try (Stream<Path> links = Files.list(LINKS)) {
            return links.map(l -> l.getFileName().toString()).toList();
        }
    }

    /// Removes addresses of earlier pod CIDRs from a device, of the family of `range`, except link-local ones.
    void soleAddress(String device, Cidr range) throws IOException {
        Seq shown = (Seq) Json.value(read(List.of("ip", "-json", range.ipv6() ? "-6" : "-4", "address", "show", "dev",
                device)));
        for (Struct link : shown.structs()) {
            for (Struct a : link.seq("addr_info").structs()) {
                Cidr own = Cidr.parse(a.text("local") + "/" + a.whole("prefixlen", 0));
                if (a.text("scope").equals("global") && !range.contains(own)) {
                    ip(List.of("ip", "address", "del", own.toString(), "dev", device));
                }
            }
        }
    }

    boolean linkExists(String link) {
        return Files.exists(LINKS.resolve(link))
                || run(List.of("ip", "link", "show", link), "").code() == 0;
    }

    /// The entry of a link in `ip -json -details link`, empty when it does not exist.
    Struct link(String name) {
        try {
            byte[] shown = read(List.of("ip", "-json", "-details", "link", "show", "dev", name));
            return Json.value(shown) instanceof Seq seq && !seq.isEmpty() ? seq.struct(0) : Struct.EMPTY;
        } catch (IOException e) {
            return Struct.EMPTY;
        }
    }

    /// Runs one command.
    /// @throws IOException when it fails, with its complaint
    void ip(List<String> line) throws IOException {
        read(line);
    }

    /// The output of one command.
    /// @throws IOException when it fails, with its complaint
    byte[] read(List<String> line) throws IOException {
        return feed(line, "");
    }

    /// Runs a command with `-force -batch -` and these lines; nothing for no lines. All lines are tried.
    /// @return what it complains about, a line each; none when all lines were good
    List<String> batch(List<String> command, List<String> lines) {
        Command.Outcome outcome = lines.isEmpty() ? new Command.Outcome(0, "", "")
                : run(command, String.join("\n", lines) + "\n");
        return outcome.code() == 0 ? List.of() : complaints(command, outcome);
    }

    /// Runs one command, of which it does not matter to others whether it fails.
    /// @return what it complains about; none when it was good
    List<String> attempt(List<String> line) {
        Command.Outcome outcome = run(line, "");
        return outcome.code() == 0 ? List.of() : complaints(line, outcome);
    }

    /// What a command prints; empty when it fails.
    String output(List<String> line) {
        Command.Outcome outcome = run(line, "");
        return outcome.code() == 0 ? outcome.output() : "";
    }

    private static List<String> complaints(List<String> line, Command.Outcome outcome) {
        List<String> said = outcome.complaint().lines().filter(l -> !l.startsWith("Command failed")).toList();
        return said.isEmpty() ? List.of(line.getFirst() + ": exit code " + outcome.code()) : said;
    }

    /// The output of a command for an input.
    /// @throws IOException when it fails, with its complaint
    byte[] feed(List<String> line, String input) throws IOException {
        Command.Outcome outcome = run(line, input);
        if (outcome.code() != 0) {
            String said = outcome.complaint().lines().findFirst().orElse("exit code " + outcome.code());
            throw new IOException(String.join(" ", line) + ": " + said);
        }
        return outcome.output().getBytes(StandardCharsets.UTF_8);
    }

    private Command.Outcome run(List<String> line, String input) {
        try {
            Command.Outcome outcome = command.run(line, input);
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", String.join(" ", line), outcome.complaint().strip());
            return outcome;
        } catch (IOException e) {
            return new Command.Outcome(-1, "", String.valueOf(e.getMessage()));
        }
    }

    /// Writes a file atomically and durably, unless it has this content; returns whether it changed.
    boolean write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return false;
        }
        Files.createDirectories(file.getParent());
        DurableFiles.write(file, content, "rw-r--r--");
        return true;
    }
}
