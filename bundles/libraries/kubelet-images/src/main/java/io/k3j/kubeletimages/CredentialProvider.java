package io.k3j.kubeletimages;

import io.k3j.childprocess.Command;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.imageregistries.ImageName;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// One program that gives credentials, and what it has given
/// (<https://kubernetes.io/docs/reference/config-api/kubelet-credentialprovider.v1/>). For any thread; a call waits for
/// the one before it, which may answer it.
final class CredentialProvider {
    /// How long a program may take; upstream's.
    static final Duration LIMIT = Duration.ofMinutes(1);
    /// What it may say; upstream has no limit.
    static final int MOST_BYTES = 1 << 20;
    private static final int MOST_ANSWERS = 512;
    /// How long one that hung is left alone: all who wait for it would wait for the whole of [#LIMIT] each.
    private static final Duration REST = Duration.ofMinutes(1);
    private static final int MOST_COMPLAINT = 300;
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String GLOBAL = "global";
    private final ProviderConfig config;
    private final Path program;
    private final Command command;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    /// By image, registry, or for all.
    private final Map<String, Given> answers = new LinkedHashMap<>();

    private Instant again = Instant.MIN;

    private record Given(Map<String, Struct> credentials, Instant until) {
    }

    /// @param command runs the program, with the limits above
    /// @param clock the monotonic clock
    CredentialProvider(ProviderConfig config, Path directory, Command command, InstantSource clock) {
        this.config = config;
        this.program = directory.resolve(config.name());
        this.command = command;
        this.clock = clock;
    }

    /// Its credentials for an image, the most specific first; blocks while the program runs.
    ///
    /// @return CRI's `AuthConfig`s
    /// @throws IOException in a sentence without secrets, when it has none to give because something is wrong
    List<Struct> of(ImageName image) throws IOException {
        if (!config.asked(image)) {
            return List.of();
        }
        lock.lock();
        try {
            Optional<Given> known = known(image);
            return matching(known.isPresent() ? known.get() : ask(image), image);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Given> known(ImageName image) {
        answers.values().removeIf(given -> !clock.instant().isBefore(given.until));
        return List.of(image.place(), image.registry() + "/", GLOBAL).stream().filter(answers::containsKey)
                .map(answers::get).findFirst();
    }

    private static List<Struct> matching(Given given, ImageName image) {
        List<Struct> all = new ArrayList<>();
        given.credentials.keySet().stream().sorted(ImageMatch.SPECIFIC_FIRST)
                .filter(key -> ImageMatch.parse(key).matches(image))
                .forEach(key -> all.add(given.credentials.get(key)));
        return all;
    }

    private Given ask(ImageName image) throws IOException {
        if (clock.instant().isBefore(again)) {
            throw failure("it hung, and is left alone for " + REST.toSeconds() + " seconds");
        }
        if (!Files.isExecutable(program)) {
            throw failure("there is no program " + program);
        }
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(config.arguments());
        String request = Json.text(Struct.of("kind", "CredentialProviderRequest", "apiVersion", config.version(),
                "image", image.place()));
        Command.Outcome outcome = command.run(line, request, config.environment());
        if (outcome.code() == Command.KILLED) {
            again = clock.instant().plus(REST);
            throw failure(outcome.complaint());
        }
        if (outcome.output().length() >= MOST_BYTES) {
            throw failure("it says more than " + (MOST_BYTES >> 10) + " KiB");
        }
        if (outcome.code() != 0) {
            complain(outcome.complaint().strip());
            throw failure("exit code " + outcome.code());
        }
        return keep(answer(outcome.output()), image);
    }

    /// For the node's administrator alone: Events are for whoever may see the pod.
    private void complain(String text) {
        LOG.log(System.Logger.Level.WARNING, "Image credential provider failed name={0} stderr={1}", config.name(),
                text.substring(0, Math.min(MOST_COMPLAINT, text.length())));
    }

    private IOException failure(String why) {
        return new IOException("image credential provider \"" + config.name() + "\": " + why);
    }

    /// The parser's message may quote a part of a password.
    private Struct answer(String output) throws IOException {
        try {
            Struct answer = Json.object(output.getBytes(StandardCharsets.UTF_8));
            if (answer.text("kind").equals("CredentialProviderResponse")
                    && answer.text("apiVersion").equals(config.version())) {
                return answer;
            }
        } catch (MalformedInput unreadable) {
            // told below
        }
        throw failure("it answers no CredentialProviderResponse of " + config.version());
    }

    private Given keep(Struct answer, ImageName image) throws IOException {
        String key = switch (answer.text("cacheKeyType")) {
            case "Image" -> image.place();
            case "Registry" -> image.registry() + "/";
            case "Global" -> GLOBAL;
            default -> throw failure("its cacheKeyType is none of Image, Registry, Global");
        };
        Map<String, Struct> credentials = new LinkedHashMap<>();
        Struct auth = answer.struct("auth");
        auth.names().forEach(name -> credentials.put(name, Struct.builder()
                .putUnlessEmpty("username", auth.struct(name).text("username"))
                .putUnlessEmpty("password", auth.struct(name).text("password")).build()));
        Duration use = use(answer);
        Given given = new Given(credentials, clock.instant().plus(use));
        if (use.isPositive() && answers.size() < MOST_ANSWERS) {
            answers.put(key, given);
        }
        return given;
    }

    private Duration use(Struct answer) throws IOException {
        try {
            String given = answer.text("cacheDuration");
            return given.isEmpty() ? config.cache() : Duration.ofNanos(ProviderConfig.nanos(given));
        } catch (IllegalArgumentException e) {
            throw failure("its cacheDuration is no duration");
        }
    }
}
