package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Brings in and pins the images that the files of some directories have (archives) or name (`.txt` lists): at start,
/// and two seconds after a change. See <https://docs.k3s.io/installation/airgap>.
final class ImageImport {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration QUIET = Duration.ofSeconds(2);
    /// When what was lacking is looked for again: a registry may be up later than its nodes.
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private final List<Path> directories;
    private final Ctr ctr;
    private final ImageNames names;
    private final ImageStore images;
    private final ImportCache cache;
    private final Map<Path, String> done = new HashMap<>();
    private final Map<Path, List<String>> listed = new HashMap<>();
    /// Of lists: what could not be pulled.
    private final Set<String> missing = new LinkedHashSet<>();
    /// Archives that nothing here can unpack.
    private final Set<ImageArchive> illegible = new LinkedHashSet<>();

    /// @param directories the directories, in this order
    /// @param names pins them
    /// @param images of containerd, pulls those of lists
    ImageImport(List<Path> directories, Ctr ctr, ImageNames names, ImageStore images) {
        this.directories = directories;
        this.ctr = ctr;
        this.names = names;
        this.images = images;
        this.cache = new ImportCache(directories.getLast());
    }

    /// Does what [#begin] does, then watches until interrupted.
    void run(Runnable afterArchives) throws IOException, InterruptedException {
        begin(afterArchives);
        watch();
    }

    /// Imports all archives and pulls what lists name; what neither names is no longer kept, if all could be read.
    ///
    /// @param afterArchives called between the two: whoever needs an image of a list can pull it as well
    void begin(Runnable afterArchives) throws InterruptedException {
        boolean whole = true;
        cache.read();
        for (Path directory : directories) {
            whole &= scan(directory, file -> !list(file));
        }
        afterArchives.run();
        for (Path directory : directories) {
            whole &= scan(directory, ImageImport::list);
        }
        if (whole) {
            names.unpin();
        }
    }

    private void watch() throws IOException, InterruptedException {
        try (WatchService watch = directories.getFirst().getFileSystem().newWatchService()) {
            Path own = directories.getLast();
            Files.createDirectories(own);
            own.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            while (true) {
                WatchKey key = missing.isEmpty() && illegible.isEmpty() ? watch.take()
                        : watch.poll(AGAIN.toSeconds(), TimeUnit.SECONDS);
                boolean changed = key != null;
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = watch.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
                }
                if (changed) {
                    scan(own, file -> true);
                }
                again();
            }
        } catch (ClosedWatchServiceException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean list(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".txt");
    }

    /// @return whether all of them have been taken
    private boolean scan(Path directory, Predicate<Path> which) throws InterruptedException {
        List<Path> files;
        try (Stream<Path> all = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot list directory path={0} error={1}", directory, e.getMessage());
            return false;
        }
        forget(file -> directory.equals(file.getParent()) && !files.contains(file));
        boolean whole = true;
        for (Path file : files) {
            if (which.test(file)) {
                whole &= attempt(file);
            }
        }
        cache.write();
        return whole;
    }

    private void forget(Predicate<Path> gone) {
        done.keySet().removeIf(gone);
        illegible.removeIf(archive -> gone.test(archive.file()));
        listed.keySet().removeIf(gone);
        cache.forget(gone);
        onlyListed();
    }

    private void onlyListed() {
        missing.retainAll(listed.values().stream().flatMap(Collection::stream).collect(Collectors.toSet()));
    }

    /// Takes a file unless that has been done since it was last changed.
    private boolean attempt(Path file) throws InterruptedException {
        try {
            String stamp = Files.size(file) + "@" + Files.getLastModifiedTime(file);
            if (!stamp.equals(done.put(file, stamp))) {
                take(file);
            }
            return true;
        } catch (IOException e) {
            done.remove(file);
            LOG.log(System.Logger.Level.WARNING, "Cannot import images path={0} error={1}", file, e.getMessage());
            return false;
        }
    }

    /// Imports one archive, or pulls the images of a list.
    /// @throws IOException when the import fails
    void take(Path file) throws IOException, InterruptedException {
        if (list(file)) {
            List<String> wanted = Files.readAllLines(file).stream().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
            listed.put(file, wanted);
            onlyListed();
            for (String name : wanted) {
                fetch(name);
            }
            return;
        }
        Optional<ImageArchive> archive = ImageArchive.of(file);
        if (archive.isPresent()) {
            take(archive.get());
        }
    }

    private void take(ImageArchive archive) throws IOException, InterruptedException {
        illegible.remove(archive);
        Map<String, String> known = cache.images(archive.file());
        if (!known.isEmpty() && known.keySet().stream().allMatch(this::here)) {
            LOG.log(System.Logger.Level.INFO, "Skipped archive path={0} reason={1}", archive.file(), "unchanged");
            for (Map.Entry<String, String> image : known.entrySet()) {
                names.kept(image.getKey(), image.getValue());
            }
            return;
        }
        if (!archive.legible(ctr)) {
            illegible.add(archive);
        }
        Map<String, String> brought = archive.load(ctr);
        for (Map.Entry<String, String> image : brought.entrySet()) {
            names.imported(image.getKey(), image.getValue());
        }
        if (directories.getLast().equals(archive.file().getParent())) {
            cache.imported(archive.file(), brought);
        }
    }

    /// Whether containerd still has an image.
    private boolean here(String image) {
        try {
            return images.find(image).isPresent();
        } catch (RuntimeFault e) {
            return false;
        }
    }

    /// One image of a list, which is asked of its registry only when it is not here; the others are fetched without it.
    private void fetch(String name) throws InterruptedException {
        names.wanted(name);
        try {
            Optional<Image> image = images.find(name);
            if (image.isEmpty()) {
                images.pull(name, Struct.EMPTY);
                LOG.log(System.Logger.Level.INFO, "Pulled image={0}", name);
                image = images.find(name);
            }
            if (image.isPresent()) {
                names.listed(image.get());
            }
            missing.remove(name);
        } catch (RuntimeFault | IOException e) {
            missing.add(name);
            LOG.log(System.Logger.Level.WARNING, "Cannot pull image={0} error={1}", name, e.getMessage());
        }
    }

    /// Asks again for what could not be pulled, and takes archives whose program is there by now.
    void again() throws InterruptedException {
        for (String name : List.copyOf(missing)) {
            fetch(name);
        }
        for (ImageArchive archive : List.copyOf(illegible)) {
            if (archive.legible(ctr)) {
                illegible.remove(archive);
                attempt(archive.file());
            }
        }
    }
}
