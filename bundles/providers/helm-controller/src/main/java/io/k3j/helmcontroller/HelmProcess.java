package io.k3j.helmcontroller;

import io.k3j.childprocess.AttachedProcess;
import io.k3j.childprocess.Command;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Helm in a JVM of its own for each run, with limits (`lib/helm` of the distribution). Its directory is for root only
/// and is deleted afterwards. Any thread; a run blocks.
final class HelmProcess implements Helm {
    /// What Helm and its JVM may write to, beyond which the kernel gives no more: Go begins to tidy up at half of it.
    static final long MOST_MEMORY = 768L << 20;
    /// Archives and indexes of repositories together; the chart itself Helm takes up to 100 MiB unpacked, in memory.
    static final long MOST_FILES = 64L << 20;
    private static final int MOST_DESCRIPTORS = 512;
    private static final int MOST_MESSAGE = 2_000;
    private static final List<String> PROXIES = List.of("all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY",
            "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY");
    /// What Go, Java and the kernel say at the limit, whoever of them comes to it.
    private static final List<String> NO_MEMORY = List.of("out of memory", "OutOfMemory", "cannot allocate memory",
            "insufficient memory", "Not enough space", "Cannot allocate memory", "pthread_create failed",
            "unable to create native thread");
    private static final List<String> JVM = List.of("-Xmx64m", "-Xss512k", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=16m", "-XX:CompressedClassSpaceSize=32m",
            "-XX:MaxMetaspaceSize=64m", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData", "-XX:-CreateCoredumpOnCrash",
            "-Djna.nosys=true", "-Djna.nounpack=true", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Path runs;
    private final Settings settings;

    /// Where things are.
    ///
    /// @param java the program
    /// @param library `lib/helm` of the distribution
    /// @param authority the certificate by which the API server is verified
    /// @param silence how long a run goes on without hearing of this process
    record Settings(Path java, Path library, Path authority, Supplier<Duration> silence) {
    }

    /// Removes what runs of an earlier process have left.
    ///
    /// @param runs a directory for nothing else; made with the first run
    HelmProcess(Path runs, Settings settings) {
        this.runs = runs;
        this.settings = settings;
        delete(runs);
    }

    @Override
    public Outcome run(Run run, BooleanSupplier wanted) {
        Path directory = runs.resolve("none");
        try {
            Files.createDirectories(runs);
            directory = Files.createTempDirectory(runs, "run-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            run.request().put("silenceMillis", Long.toString(settings.silence().get().toMillis()));
            write(directory, run.request().files());
            Command.Outcome ended = new AttachedProcess(directory, new AttachedProcess.Limits(run.atMost(),
                    MOST_MEMORY, MOST_FILES, MOST_DESCRIPTORS))
                    .run(line(directory), environment(directory, run.driver()), wanted);
            return outcome(directory, ended);
        } catch (IOException failed) {
            return new Outcome(false, false, "Helm cannot be run: " + failed.getMessage());
        } finally {
            delete(directory);
        }
    }

    private static void write(Path directory, Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path place = directory.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(place.getParent()));
            Files.write(place, file.getValue());
        }
    }

    private List<String> line(Path directory) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(settings.java().toString());
        line.addAll(JVM);
        line.add("-Djava.io.tmpdir=" + directory);
        String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        line.add("-Djna.boot.library.path=" + settings.library().resolve(machine));
        line.add("-cp");
        try (Stream<Path> files = Files.list(settings.library())) {
            line.add(String.join(File.pathSeparator,
                    files.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().toList()));
        }
        line.add("io.k3j.helm.Main");
        return line;
    }

    /// Nothing secret; everything that Helm writes by itself is led into the directory. The cluster's certificates are
    /// trusted beside the machine's, for charts that the server itself serves.
    private Map<String, String> environment(Path directory, String driver) {
        Map<String, String> all = new HashMap<>(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C.UTF-8",
                "HOME", directory.toString(), "TMPDIR", directory.toString(), "HELM_DRIVER", driver, "GOMAXPROCS", "2",
                "GOMEMLIMIT", (MOST_MEMORY / 2 >> 20) + "MiB", "SSL_CERT_FILE", settings.authority().toString(),
                "SSL_CERT_DIR", "/etc/ssl/certs:/etc/pki/tls/certs"));
        for (String part : List.of("cache", "config", "data", "plugins")) {
            String name = "HELM_" + part.toUpperCase(Locale.ROOT) + (part.equals("plugins") ? "" : "_HOME");
            all.put(name, directory.resolve(part).toString());
        }
        all.put("DOCKER_CONFIG", directory.resolve("docker").toString());
        for (String proxy : PROXIES) {
            String value = System.getenv(proxy);
            if (value != null) {
                all.put(proxy, value);
            }
        }
        return all;
    }

    private static Outcome outcome(Path directory, Command.Outcome ended) throws IOException {
        Path file = directory.resolve("result.properties");
        if (!Files.exists(file)) {
            return new Outcome(false, false, unanswered(ended));
        }
        Properties result = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            result.load(in);
        }
        return new Outcome(result.getProperty("ok", "").equals("true"), true,
                cut(result.getProperty("message", "").strip()));
    }

    private static String unanswered(Command.Outcome ended) {
        if (ended.code() == Command.KILLED) {
            return "Helm was ended: " + ended.complaint();
        }
        if (NO_MEMORY.stream().anyMatch(ended.output()::contains)) {
            return "Helm was ended: the chart needs more than " + (MOST_MEMORY >> 20) + " MiB of memory";
        }
        return "Helm ended without an answer, code " + ended.code() + ": " + cut(ended.output().strip());
    }

    private static String cut(String text) {
        return text.length() <= MOST_MESSAGE ? text : text.substring(0, MOST_MESSAGE) + " …";
    }

    private static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException left) {
            System.getLogger("io.k3j.helmcontroller").log(System.Logger.Level.WARNING,
                    "Cannot delete the files of a run of Helm path={0} error={1}", tree, left.getMessage());
        }
    }
}
