package io.k3j.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;

/// A shipped bundle in a jar beside the class path: what is in it costs memory and time once it is used. Its jar is
/// opened when the first entry is asked for. Its class loader is that of all jars beside the class path and none of the
/// framework's: Felix's keeps the thread that came second to a class, and with it all that this thread reaches.
final class ApartBundle implements ConnectModule, ConnectContent {
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Path file;
    private final ClassLoader classes;
    private @Nullable JarFile jar;

    ApartBundle(BundleIndex.Entry entry, Path directory, ClassLoader classes) {
        this.classes = classes;
        headers.putAll(entry.headers());
        file = directory.resolve(entry.symbolicName() + ".jar");
    }

    private synchronized JarFile jar() {
        try {
            if (jar == null) {
                jar = new JarFile(file.toFile(), false);
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException("the distribution lacks " + file, e);
        }
    }

    @Override
    public ConnectContent getContent() {
        return this;
    }

    @Override
    public Optional<Map<String, String>> getHeaders() {
        return Optional.of(headers);
    }

    @Override
    public Optional<ClassLoader> getClassLoader() {
        return Optional.of(classes);
    }

    @Override
    public Iterable<String> getEntries() {
        return jar().stream().map(JarEntry::getName).toList();
    }

    @Override
    public Optional<ConnectEntry> getEntry(String path) {
        JarFile all = jar();
        JarEntry entry = all.getJarEntry(path);
        return entry == null || !entry.getName().equals(path) ? Optional.empty()
                : Optional.of(new Resource(all, entry));
    }

    @Override
    public void open() {
        // when it is asked for
    }

    @Override
    public synchronized void close() throws IOException {
        if (jar != null) {
            jar.close();
            jar = null;
        }
    }

    private record Resource(JarFile all, JarEntry entry) implements ConnectEntry {
        @Override
        public String getName() {
            return entry.getName();
        }

        @Override
        public long getContentLength() {
            return entry.getSize();
        }

        @Override
        public long getLastModified() {
            return entry.getTime();
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return all.getInputStream(entry);
        }
    }
}
