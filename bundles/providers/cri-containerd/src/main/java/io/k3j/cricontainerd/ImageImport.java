package io.k3j.cricontainerd;

import io.k3j.childprocess.Command;
import io.k3j.imageregistries.ImageName;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Imports and pins the image archives of some directories: at start, and two seconds after a change. See
/// <https://docs.k3s.io/installation/airgap>.
final class ImageImport {
    /// Timeout of one `ctr` call: enough for an archive of 20 GB at 20 MB per second.
    static final Duration LIMIT = Duration.ofMinutes(20);
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration QUIET = Duration.ofSeconds(2);
    /// When images of a list that could not be pulled are asked for again: a registry may be up later than its nodes.
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final List<String> PIN = List.of("io.cattle.k3s.pinned=pinned", "io.cri-containerd.pinned=pinned");
    private static final List<String> UNPIN = List.of("io.cattle.k3s.pinned=", "io.cri-containerd.pinned=");
    private static final String PINNED = "labels.\"io.cattle.k3s.pinned\"==pinned";
    private final List<Path> directories;
    private final List<String> registries;
    private final Ctr ctr;
    private final PinnedImages pins;
    private final Consumer<String> pull;
    private final Map<Path, String> done = new HashMap<>();
    private final Set<String> missing = new LinkedHashSet<>();

    /// containerd's own client.
    ///
    /// @param line the program with its address and namespace
    /// @param command runs it, with the timeout [#LIMIT]
    record Ctr(List<String> line, Command command) {
        /// With these words behind.
        List<String> with(List<String> words) {
            List<String> whole = new ArrayList<>(line);
            whole.addAll(words);
            return whole;
        }
    }

    /// @param directories the directories, in this order
    /// @param registries each image gets a name there, too
    /// @param pull pulls an image named by a `.txt` list
    ImageImport(List<Path> directories, List<String> registries, Ctr ctr, PinnedImages pins, Consumer<String> pull) {
        this.directories = directories;
        this.registries = registries;
        this.ctr = ctr;
        this.pins = pins;
        this.pull = pull;
    }

    /// Imports all archives, then watches until interrupted.
    void run(Runnable afterFirst) throws IOException, InterruptedException {
        for (Path directory : directories) {
            scan(directory);
        }
        afterFirst.run();
        unpin();
        try (WatchService watch = directories.getFirst().getFileSystem().newWatchService()) {
            Path own = directories.getLast();
            Files.createDirectories(own);
            own.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (true) {
                WatchKey key = missing.isEmpty() ? watch.take() : watch.poll(AGAIN.toSeconds(), TimeUnit.SECONDS);
                boolean changed = key != null;
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = watch.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                }
                again();
                if (changed) {
                    scan(own);
                }
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
            LOG.log(System.Logger.Level.WARNING, "Cannot list directory path={0} error={1}", directory, e.getMessage());
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
                LOG.log(System.Logger.Level.WARNING, "Cannot import images path={0} error={1}", file, e.getMessage());
            }
        }
    }

    /// Imports one archive, or pulls the images of a list.
    /// @throws IOException when the import fails
    void take(Path file) throws IOException, InterruptedException {
        String name = file.getFileName().toString();
        if (name.endsWith(".txt")) {
            Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#"))
                    .forEach(this::fetch);
        } else if (name.endsWith(".tar")) {
            imported(said(ctr.command().run(ctr("images", "import", "--all-platforms", file.toString()), "")));
        } else if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            imported(said(ctr.command().pipe(List.of(ctr("images", "import", "-")), file)));
        } else {
            String unpacker = unpacker(name);
            if (!unpacker.isEmpty()) {
                imported(said(
                        ctr.command().pipe(List.of(List.of(unpacker, "-dc"), ctr("images", "import", "-")), file)));
            }
        }
    }

    /// One image of a list; the others are fetched without it.
    private void fetch(String name) {
        try {
            pull.accept(name);
            missing.remove(name);
        } catch (RuntimeFault e) {
            missing.add(name);
            LOG.log(System.Logger.Level.WARNING, "Cannot pull image={0} error={1}", name, e.getMessage());
        }
    }

    /// Asks again for what could not be pulled.
    void again() {
        List.copyOf(missing).forEach(this::fetch);
    }

    /// Images whose archive has gone are no longer kept.
    private void unpin() throws InterruptedException {
        try {
            for (String name : said(ctr.command().run(ctr("images", "ls", "-q", PINNED), "")).lines().toList()) {
                if (!name.isEmpty() && !pins.has(name)) {
                    List<String> label = ctr("images", "label", name);
                    label.addAll(UNPIN);
                    said(ctr.command().run(label, ""));
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot unpin images error={0}", e.getMessage());
        }
    }

    private static String unpacker(String name) {
        return name.endsWith(".tar.zst") ? "zstd"
                : name.endsWith(".tar.bz2") ? "bzip2" : name.endsWith(".tar.lz4") ? "lz4" : "";
    }

    /// `ctr` prints `unpacking NAME (sha256:…)...done` for each image.
    private void imported(String output) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        output.lines().filter(l -> l.startsWith("unpacking ")).forEach(l -> {
            String rest = l.substring("unpacking ".length());
            names.add(rest.substring(0, Math.max(0, rest.indexOf(" ("))));
        });
        for (String image : names) {
            pin(image);
            LOG.log(System.Logger.Level.INFO, "Imported image={0}", image);
            ImageName name = ImageName.parse(image);
            for (String registry : registries) {
                String other = new ImageName(registry, name.repository(), name.tag(), "").toString();
                said(ctr.command().run(ctr("images", "tag", "--force", image, other), ""));
                pin(other);
                LOG.log(System.Logger.Level.INFO, "Tagged image={0} of={1}", other, image);
            }
        }
    }

    private void pin(String image) throws IOException, InterruptedException {
        pins.add(image);
        List<String> label = ctr("images", "label", image);
        label.addAll(PIN);
        said(ctr.command().run(label, ""));
    }

    private List<String> ctr(String... words) {
        return ctr.with(List.of(words));
    }

    private static String said(Command.Outcome outcome) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while ctr ran");
        }
        String all = (outcome.output() + "\n" + outcome.complaint()).strip();
        if (outcome.code() == Command.KILLED) {
            throw new IOException(all + "; ctr was killed with what it had started; see whether containerd is at work"
                    + " and the disk is fast enough (k3s ctr images ls), then touch the file to have it imported");
        }
        if (outcome.code() != 0) {
            throw new IOException(all);
        }
        return all;
    }
}
