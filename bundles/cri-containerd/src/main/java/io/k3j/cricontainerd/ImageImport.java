package io.k3j.cricontainerd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Keeps the archives of some directories imported and pinned: at start, and two seconds after a change.
/// See <https://docs.k3s.io/installation/airgap>.
final class ImageImport {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final List<String> PIN = List.of("io.cattle.k3s.pinned=pinned", "io.cri-containerd.pinned=pinned");
    private final List<Path> directories;
    private final List<String> ctr;
    private final Pins pins;
    private final Consumer<String> pull;
    private final Map<Path, String> done = new HashMap<>();

    /// @param directories to look into, in this order
    /// @param ctr the command line of containerd's own client, with its address and namespace
    /// @param pull fetches an image named by a `.txt` list
    ImageImport(List<Path> directories, List<String> ctr, Pins pins, Consumer<String> pull) {
        this.directories = directories;
        this.ctr = ctr;
        this.pins = pins;
        this.pull = pull;
    }

    /// Imports what is there, then watches until interrupted.
    void run(Runnable afterFirst) throws IOException, InterruptedException {
        for (Path directory : directories) {
            scan(directory);
        }
        afterFirst.run();
        try (WatchService watch = directories.getFirst().getFileSystem().newWatchService()) {
            Path own = directories.getLast();
            Files.createDirectories(own);
            own.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (true) {
                WatchKey key = watch.take();
                do {
                    key.pollEvents();
                    key.reset();
                    key = watch.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                } while (key != null);
                scan(own);
            }
        } catch (ClosedWatchServiceException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void scan(Path directory) throws InterruptedException {
        List<Path> files;
        try (Stream<Path> all = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot list {0}: {1}", directory, e.getMessage());
            return;
        }
        for (Path file : files) {
            try {
                String stamp = Files.size(file) + "@" + Files.getLastModifiedTime(file);
                if (!stamp.equals(done.put(file, stamp))) {
                    take(file);
                }
            } catch (IOException e) {
                done.remove(file);
                LOG.log(System.Logger.Level.WARNING, "cannot import {0}: {1}", file, e.getMessage());
            }
        }
    }

    private void take(Path file) throws IOException, InterruptedException {
        String name = file.getFileName().toString();
        if (name.endsWith(".txt")) {
            Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#"))
                    .forEach(pull);
        } else if (name.endsWith(".tar")) {
            imported(run(List.of("images", "import", "--all-platforms", file.toString()), null, null));
        } else if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            imported(run(List.of("images", "import", "-"), null, file));
        } else {
            unpacker(name).ifPresent(tool -> {
                try {
                    imported(run(List.of("images", "import", "-"), tool, file));
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, "cannot import {0}: {1}", file, e.getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private static Optional<String> unpacker(String name) {
        return name.endsWith(".tar.zst") ? Optional.of("zstd")
                : name.endsWith(".tar.bz2") ? Optional.of("bzip2")
                        : name.endsWith(".tar.lz4") ? Optional.of("lz4") : Optional.empty();
    }

    /// `ctr` prints `unpacking NAME (sha256:…)...done` for each image.
    private void imported(String output) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        output.lines().filter(l -> l.startsWith("unpacking ")).forEach(l -> {
            String rest = l.substring("unpacking ".length());
            names.add(rest.substring(0, Math.max(0, rest.indexOf(" ("))));
        });
        for (String image : names) {
            pins.add(image);
            List<String> label = new ArrayList<>(List.of("images", "label", image));
            label.addAll(PIN);
            run(label, null, null);
            LOG.log(System.Logger.Level.INFO, "imported image={0}", image);
        }
    }

    private String run(List<String> words, @org.jspecify.annotations.Nullable String unpacker,
            @org.jspecify.annotations.Nullable Path input) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ctr);
        command.addAll(words);
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        List<Process> chain;
        if (unpacker != null && input != null) {
            ProcessBuilder first = new ProcessBuilder(unpacker, "-dc", input.toString());
            chain = ProcessBuilder.startPipeline(List.of(first, b));
        } else {
            if (input != null) {
                b.redirectInput(input.toFile());
            }
            chain = List.of(b.start());
        }
        Process last = chain.getLast();
        try (InputStream out = last.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (last.waitFor() != 0) {
                throw new IOException(text.strip());
            }
            return text;
        }
    }
}
