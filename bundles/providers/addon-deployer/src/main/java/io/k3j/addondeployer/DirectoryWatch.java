package io.k3j.addondeployer;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Waits until something happens in some directories, or for a while. Only a help: where the kernel gives no watch, or
/// says nothing (network file systems), it waits for the while. For one thread.
final class DirectoryWatch implements AutoCloseable {
    /// How many directories are watched; the others are looked at after the while.
    private static final int MAX_DIRECTORIES = 128;
    private static final System.Logger LOG = System.getLogger("io.k3j.addondeployer");
    private static final WatchEvent.Kind<?>[] ALL = {StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE};
    private final @Nullable WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();

    DirectoryWatch() {
        WatchService made = null;
        try {
            made = FileSystems.getDefault().newWatchService();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot watch directories, looking every 15 s error={0}",
                    e.getMessage());
        }
        service = made;
    }

    /// Waits.
    /// @param directories what to hear of
    /// @param atMost for how long
    void await(List<Path> directories, Duration atMost) throws InterruptedException {
        WatchService watching = service;
        if (watching == null) {
            if (new CountDownLatch(1).await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
            return;
        }
        follow(watching, directories);
        WatchKey key = watching.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        while (key != null) {
            key.pollEvents();
            if (!key.reset()) {
                keys.values().remove(key);
            }
            key = watching.poll();
        }
    }

    private void follow(WatchService watching, List<Path> directories) {
        keys.entrySet().removeIf(entry -> {
            boolean gone = !directories.contains(entry.getKey());
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        for (Path directory : directories.subList(0, Math.min(MAX_DIRECTORIES, directories.size()))) {
            if (!keys.containsKey(directory)) {
                try {
                    keys.put(directory, directory.register(watching, ALL));
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "Cannot watch directory path={0} error={1}", directory,
                            e.getMessage());
                }
            }
        }
    }

    @Override
    public void close() {
        WatchService watching = service;
        if (watching != null) {
            try {
                watching.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Watch not closed", e);
            }
        }
    }
}
