package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.TerminalText;
import io.k3j.launcher.Server;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateServices;
import io.k3j.pki.CertificateUsages;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `k3s certificate check|rotate|rotate-ca`: looks at the certificates on disk, or has them made again: by the
/// running server, else with the next start.
final class CertificateCommand {
    private static final String USAGE = "use: k3s certificate check [--output text|table|json|yaml]"
            + " | rotate [--service NAME …] | rotate-ca --path DIR [--force]"
            + "   (--data-dir, --server, --token say which server)";
    private static final List<String> OF_AGENTS = List.of("k3s-controller", "kube-proxy", "kubelet");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private CertificateCommand() {
    }

    /// As in K3s `-s` is the server where authorities are replaced there, and a service otherwise.
    static Words.Form form(String word) {
        return new Words.Form(USAGE, Map.of("s", word.equals("rotate-ca") ? "server" : "service", "t", "token", "d",
                "data-dir", "o", "output", "c", "config", "l", "log"),
                Set.of("service", "server", "token", "data-dir", "output", "config", "log", "path"),
                Set.of("force", "debug", "alsologtostderr"));
    }

    static int run(List<String> arguments, Host host) {
        String word = arguments.isEmpty() ? "" : arguments.getFirst();
        List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        Words words = Words.of(rest, form(word));
        Path dataDir = Path.of(words.text("data-dir", EarlyKeys.of(host).dataDir()));
        Set<String> services = services(words.all("service"), dataDir);
        try {
            return switch (word) {
                case "check" -> check(dataDir, services, words.text("output", "text"), host.now());
                case "rotate" -> server(dataDir) && Server.runsIn(dataDir) ? rotateRunning(services, words, host)
                        : CertificateRotation.run(dataDir, services, host.now());
                case "rotate-ca" -> RotateAuthority.run(words, host, host.now());
                default -> throw new UsageFailure(USAGE);
            };
        } catch (IOException disk) {
            throw new UsageFailure("cannot work in " + dataDir + ": " + disk.getMessage() + "; are you root?");
        }
    }

    private static boolean server(Path dataDir) {
        return Files.isDirectory(dataDir.resolve("server"));
    }

    /// All that a machine has where none is named: an agent has those of the node.
    private static Set<String> services(List<String> given, Path dataDir) {
        try {
            return CertificateServices.named(given.isEmpty() && !server(dataDir) ? OF_AGENTS : given);
        } catch (IllegalArgumentException unknown) {
            throw new UsageFailure(String.valueOf(unknown.getMessage()));
        }
    }

    private static int check(Path dataDir, Set<String> services, String output, Instant now) throws IOException {
        List<CertificateLine> lines = new ArrayList<>();
        for (String name : CertificateServices.files(services)) {
            for (X509Certificate one : PemFiles.certificates(dataDir.resolve(name + ".crt"))) {
                lines.add(new CertificateLine(Path.of(name).getFileName() + ".crt",
                        CommonName.of(one.getSubjectX500Principal()), CommonName.of(one.getIssuerX500Principal()),
                        List.of(CertificateUsages.of(one).split(",")), one.getNotBefore().toInstant(),
                        one.getNotAfter().toInstant(), now));
            }
        }
        if (lines.isEmpty()) {
            throw new UsageFailure("no certificates in " + dataDir + "; give --data-dir when they are elsewhere");
        }
        switch (output) {
            case "json" -> System.out.println(TerminalText.escaped(CertificateText.json(lines)));
            case "yaml" -> System.out.print(TerminalText.escaped(CertificateText.yaml(lines)));
            case "text" -> System.out.print(TerminalText.escaped(CertificateText.text(lines)));
            case "table" -> System.out.print(TerminalText.escaped(CertificateText.table(lines)));
            default -> throw new UsageFailure("--output " + output + " is none of text, table, json, yaml");
        }
        return 0;
    }

    /// The running server makes its certificates again; nobody's connection ends.
    /// @return 1 when some that were asked for are as they were
    private static int rotateRunning(Set<String> services, Words words, Host host) throws IOException {
        RotatedCertificates rotated;
        String body = Json.text(Struct.of("services", Seq.copyOf(services)));
        // K3S_URL is where this machine has joined: the certificates are those of its own server
        try (ClusterAccess access = RunningServer.reach(words, host.without("K3S_URL"))) {
            rotated = RotatedCertificates
                    .of(RunningServer.granted(access.put("/v1-k3s/cert/rotate", body, LIMIT)));
        }
        rotated.lines().forEach(line -> System.out.println(TerminalText.escaped(line)));
        if (rotated.left().isEmpty()) {
            return 0;
        }
        System.err.println(TerminalText.escaped(rotated.advice()));
        return 1;
    }
}
