package io.k3j.launcher;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;

/// A base bundle: its manifest and resources come from the index, its classes from the class path.
final class ClassPathBundle implements ConnectModule, ConnectContent {
    private static final ClassLoader CLASS_PATH = ClassPathBundle.class.getClassLoader();

    private final BundleIndex.Entry entry;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, ConnectEntry> entries = new LinkedHashMap<>();

    ClassPathBundle(BundleIndex.Entry entry) {
        this.entry = entry;
        headers.putAll(entry.headers());
        entry.resources().forEach(this::add);
    }

    /// Directories count as entries: the framework's searches walk them.
    private void add(String name, byte[] inline) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            entries.computeIfAbsent(name.substring(0, slash + 1), directory -> new Resource(directory, new byte[0]));
        }
        entries.put(name, new Resource(name, inline));
    }

    BundleIndex.Entry entry() {
        return entry;
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
        return Optional.of(CLASS_PATH);
    }

    @Override
    public Iterable<String> getEntries() {
        return entries.keySet();
    }

    @Override
    public Optional<ConnectEntry> getEntry(String path) {
        return Optional.ofNullable(entries.get(path));
    }

    @Override
    public void open() {
        // nothing to open: the class path is
    }

    @Override
    public void close() {
        // nothing was opened
    }

    private static final class Resource implements ConnectEntry {
        /// A constant, because the index' digest already tells one build from another.
        private static final long STAMP = 1_767_225_600_000L;

        private final String name;
        private final byte[] inline;

        Resource(String name, byte[] inline) {
            this.name = name;
            this.inline = inline;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public long getContentLength() {
            try (InputStream in = getInputStream()) {
                return inline == null ? in.transferTo(OutputStream.nullOutputStream()) : inline.length;
            } catch (IOException e) {
                return -1;
            }
        }

        @Override
        public long getLastModified() {
            return STAMP;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            if (inline != null) {
                return new ByteArrayInputStream(inline);
            }
            InputStream in = CLASS_PATH.getResourceAsStream(name);
            if (in == null) {
                throw new FileNotFoundException(name);
            }
            return in;
        }
    }
}
