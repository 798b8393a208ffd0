package io.k3j.schedulerconfig;

import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What a scheduler is told.
///
/// @param profiles one or more, each with a name of its own
/// @param initialBackOff how long a pod waits after its first attempt that failed
/// @param longestBackOff how long it waits at most
/// @param extenders who is asked besides, in their order
public record SchedulerConfiguration(List<SchedulerProfile> profiles, Duration initialBackOff,
        Duration longestBackOff, List<ExtenderConfig> extenders) {
    /// Without a file.
    public static final SchedulerConfiguration DEFAULT = new SchedulerConfiguration(List.of(SchedulerProfile.DEFAULT),
            Duration.ofSeconds(1), Duration.ofSeconds(10), List.of());
    private static final String ARGUMENT = "config=";
    private static final int MOST_BYTES = 1 << 20;

    /// Copies the lists.
    public SchedulerConfiguration {
        profiles = List.copyOf(profiles);
        extenders = List.copyOf(extenders);
    }

    /// The profile whose pods name this scheduler; empty when they are another's.
    public Optional<SchedulerProfile> profile(String schedulerName) {
        return profiles.stream().filter(p -> p.schedulerName().equals(schedulerName)).findFirst();
    }

    /// What the file of the last `config=FILE` says, or [#DEFAULT] without one. Blocks for the disk.
    ///
    /// @param arguments of the scheduler, without dashes; others are left alone
    /// @throws IllegalArgumentException with everything that is wrong, by file and field, and what to do about it
    public static SchedulerConfiguration of(Collection<String> arguments) {
        String file = arguments.stream().filter(a -> a.startsWith(ARGUMENT)).map(a -> a.substring(ARGUMENT.length()))
                .reduce("", (_, last) -> last);
        return file.isEmpty() ? DEFAULT : read(file);
    }

    private static SchedulerConfiguration read(String file) {
        List<String> problems = new ArrayList<>();
        try {
            Document document = Yaml.document(bytes(Path.of(file)));
            problems.addAll(document.duplicates());
            SchedulerConfiguration read = new ConfigurationReader(problems).read(document.object());
            if (problems.isEmpty()) {
                return read;
            }
        } catch (IOException | InvalidPathException e) {
            problems.add("it cannot be read (" + e.getClass().getSimpleName()
                    + "); write a KubeSchedulerConfiguration there or leave the argument out");
        } catch (MalformedInput e) {
            problems.add("it is not a KubeSchedulerConfiguration: " + e.getMessage());
        }
        throw new IllegalArgumentException(
                "--kube-scheduler-arg " + ARGUMENT + file + ": " + String.join("; ", problems));
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            if (text.length == 0 || text.length > MOST_BYTES) {
                throw new MalformedInput(
                        text.length == 0 ? "it is empty" : "it has more than " + MOST_BYTES + " bytes");
            }
            return text;
        }
    }
}
