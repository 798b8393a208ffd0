package io.k3j.processprofiles;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.pki.SubjectNames;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// `/debug/pprof/`: what this process is doing, for who proves by a client certificate to be of `system:masters`. One
/// profile is made at a time: each holds the process up. Any thread; blocks while one is made and sent.
public final class ProcessProfiles implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.processprofiles");
    private static final String ROOT = "/debug/pprof";
    private static final String ADMINISTRATORS = "system:masters";
    private static final int DEFAULT_SECONDS = 30;
    private static final int MOST_SECONDS = 300;
    private static final String INDEX = """
            /debug/pprof/
            goroutine               all threads with their stacks, virtual ones too, as text
            heap                    instances and bytes by class, as text; with gc=1 of what is reachable alone
            profile?seconds=%d      a recording of the Flight Recorder, at most %d seconds: jfr summary FILE
            """.formatted(DEFAULT_SECONDS, MOST_SECONDS);

    private final ProfileFiles files;
    private final Semaphore one = new Semaphore(1);

    /// @param dataDir the data directory, in which profiles are written before they are sent
    public ProcessProfiles(Path dataDir) {
        this(new ProfileFiles(dataDir.toAbsolutePath()));
    }

    ProcessProfiles(ProfileFiles files) {
        this.files = files;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(ROOT);
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        Optional<SubjectNames> asker = exchange.clientCertificates().stream().findFirst()
                .map(leaf -> SubjectNames.of(leaf.getSubjectX500Principal()));
        if (asker.isEmpty()) {
            refuse(exchange, 401, "profiles are for who shows a client certificate of " + ADMINISTRATORS
                    + "; try: k3s kubectl get --raw " + ROOT + "/");
        } else if (!asker.get().organizations().contains(ADMINISTRATORS)) {
            refuse(exchange, 403, "profiles are for " + ADMINISTRATORS + " only");
        } else if (!exchange.method().equals("GET")) {
            refuse(exchange, 405, "method not allowed");
        } else if (exchange.path().equals(ROOT) || exchange.path().equals(ROOT + "/")) {
            text(exchange, 200, Map.of(), INDEX);
        } else {
            profile(exchange, exchange.path().substring(ROOT.length() + 1), asker.get().commonName());
        }
    }

    private void profile(Exchange exchange, String name, String user) throws IOException {
        Optional<Duration> length = length(exchange.query());
        if (!List.of("goroutine", "heap", "profile").contains(name)) {
            refuse(exchange, 404, "Unknown profile; those there are: " + ROOT + "/");
        } else if (length.isEmpty()) {
            refuse(exchange, 400, "seconds must be at most " + MOST_SECONDS);
        } else if (!name.equals("heap") && !files.room()) {
            refuse(exchange, 503, "the disk of the data directory has too little room for a profile; free some and try"
                    + " again");
        } else if (one.tryAcquire()) {
            try {
                LOG.log(Level.INFO, "Profile begins name={0} by={1}", name, user);
                answer(exchange, name, length.get());
            } finally {
                one.release();
            }
        } else {
            text(exchange, 429, Map.of("retry-after", "5"), "another profile is made just now; try again\n");
        }
    }

    private void answer(Exchange exchange, String name, Duration length) throws IOException {
        switch (name) {
            case "goroutine" -> files.threads(exchange);
            case "profile" -> files.recording(exchange, length);
            default -> text(exchange, 200, Map.of(),
                    JdkDiagnostics.histogram("1".equals(parameter(exchange.query(), "gc"))));
        }
    }

    /// As with Go a number that is none, or none above 0, is the default.
    ///
    /// @return empty for one that is too long
    private static Optional<Duration> length(String query) {
        long seconds;
        try {
            seconds = Long.parseLong(parameter(query, "seconds"));
        } catch (NumberFormatException none) {
            seconds = 0;
        }
        return seconds > MOST_SECONDS ? Optional.empty()
                : Optional.of(Duration.ofSeconds(seconds > 0 ? seconds : DEFAULT_SECONDS));
    }

    private static String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
    }

    private static void refuse(Exchange exchange, int status, String why) throws IOException {
        text(exchange, status, Map.of(), why + "\n");
    }

    private static void text(Exchange exchange, int status, Map<String, String> more, String text)
            throws IOException {
        exchange.respond(status, ProfileFiles.headers("text/plain; charset=utf-8", more),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
