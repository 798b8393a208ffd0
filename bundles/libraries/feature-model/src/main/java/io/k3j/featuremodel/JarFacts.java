package io.k3j.featuremodel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.Version;

/// The properties of a jar that can be read without installing it. The jar is read through once, in pieces, so that
/// one that is truncated or damaged is known before anything is stopped for it.
///
/// @param file its path, as whoever offers it knows it
/// @param bytes what was read: the same, or a copy of it that nobody else can write
/// @param symbolicName from its manifest
/// @param version from its manifest
/// @param headers its main attributes
/// @param digest its SHA-256, hexadecimal
public record JarFacts(Path file, Path bytes, String symbolicName, Version version, Attributes headers, String digest) {
    /// What is larger is not even copied.
    private static final long MAX_JAR_BYTES = 256L << 20;
    /// A gigabyte when unpacked, and what a reader holds in memory at once much less.
    private static final Limits LIMITS = new Limits(1L << 30, 100_000, 32L << 20);
    private static final String META_INF = "META-INF/";
    private static final String MANIFEST = "MANIFEST.MF";
    /// As many characters of a checksum as tell versions of one bundle apart.
    private static final int SHORT_CHARS = 12;

    /// What may lie in a jar, since a small file may hold a lot.
    ///
    /// @param contentBytes of its entries together
    /// @param entries how many there may be
    /// @param metaBytes of its manifests and signatures together: whoever opens a jar holds them in memory
    record Limits(long contentBytes, int entries, long metaBytes) {
    }

    /// Reads a jar, all of it.
    /// @throws FeatureProblem when the file is not a readable bundle
    static JarFacts read(Path file) {
        return read(file, file);
    }

    /// Reads the copy of a jar, all of it.
    ///
    /// @param file how whoever offers it knows it, for messages
    /// @param bytes the copy
    /// @throws FeatureProblem when the file is not a readable bundle
    public static JarFacts read(Path file, Path bytes) {
        try {
            refuseDamaged(file, bytes);
            try (JarFile jar = new JarFile(bytes.toFile())) {
                Manifest manifest = jar.getManifest();
                String name = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
                if (name == null) {
                    throw new FeatureProblem(file + " is not a bundle: its manifest has no Bundle-SymbolicName");
                }
                Attributes attributes = manifest.getMainAttributes();
                String version = attributes.getValue("Bundle-Version");
                return new JarFacts(file, bytes, name.split(";", 2)[0].trim(), version(file, version), attributes,
                        digest(bytes));
            }
        } catch (IOException | SecurityException e) {
            throw new FeatureProblem(file + " is not a readable jar: " + e.getMessage(), e);
        }
    }

    /// @throws FeatureProblem when it is larger than a jar may be
    static void refuseLarge(Path file, Path bytes) throws IOException {
        if (Files.size(bytes) > MAX_JAR_BYTES) {
            throw new FeatureProblem(file + " is larger than " + MAX_JAR_BYTES + " bytes");
        }
    }

    /// Reads a jar or another archive through: what is truncated, damaged or larger than it may be is refused.
    static void refuseDamaged(Path file, Path bytes) throws IOException {
        refuseDamaged(file, bytes, LIMITS);
    }

    /// The same within other limits.
    static void refuseDamaged(Path file, Path bytes, Limits limits) throws IOException {
        refuseLarge(file, bytes);
        refuseLargeMeta(file, bytes, limits);
        try (JarFile jar = new JarFile(bytes.toFile())) {
            readThrough(file, jar, limits);
        }
    }

    /// Before anybody opens it as a jar, or makes a list of its entries. The sizes it says it has need not be so: they
    /// are counted.
    private static void refuseLargeMeta(Path file, Path bytes, Limits limits) throws IOException {
        long left = limits.metaBytes;
        try (ZipFile zip = new ZipFile(bytes.toFile())) {
            if (zip.size() > limits.entries) {
                throw new FeatureProblem(file + " has more than " + limits.entries + " entries");
            }
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements() && left >= 0;) {
                ZipEntry entry = all.nextElement();
                if (isMeta(entry)) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        left = drain(in, left);
                    }
                }
            }
        }
        if (left < 0) {
            throw new FeatureProblem(file + " has manifests and signatures of more than " + limits.metaBytes
                    + " bytes");
        }
    }

    /// What a reader of jars takes in whole before anything is verified: manifest, signature files and their blocks.
    private static boolean isMeta(ZipEntry entry) {
        String name = entry.getName().toUpperCase(Locale.ROOT);
        return name.startsWith(META_INF) && (name.indexOf('/', META_INF.length()) < 0 || name.endsWith(MANIFEST));
    }

    /// Reads to the end, or until a limit is passed.
    /// @return what is left of the limit, negative when there is more
    private static long drain(InputStream in, long limit) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = limit;
        for (int n = in.read(buffer); n >= 0 && left >= 0; n = in.read(buffer)) {
            left -= n;
        }
        return left;
    }

    private static Version version(Path file, String text) {
        try {
            return Version.parseVersion(text);
        } catch (IllegalArgumentException e) {
            throw new FeatureProblem(file + " has the Bundle-Version " + text + ", which is none", e);
        }
    }

    /// Every entry must have the checksum that the jar says it has; [JarFile] does not look.
    private static void readThrough(Path file, JarFile jar, Limits limits) throws IOException {
        long left = limits.contentBytes;
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
            JarEntry entry = entries.nextElement();
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(jar.getInputStream(entry), sum)) {
                left = drain(in, left);
            }
            if (left >= 0 && entry.getCrc() != sum.getValue()) {
                throw new IOException("the checksum of its entry " + entry.getName() + " is wrong");
            }
            if (left < 0) {
                throw new FeatureProblem(file + " holds more than " + limits.contentBytes + " bytes");
            }
        }
    }

    /// The beginning of its SHA-256.
    public String shortDigest() {
        return digest.substring(0, SHORT_CHARS);
    }

    /// Whether it exports packages.
    public boolean exports() {
        return header("Export-Package").isPresent();
    }

    /// A header of the manifest.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.getValue(name));
    }

    /// The packages it exports, without attributes and directives.
    public List<String> exportedPackages() {
        return Headers.names(header("Export-Package").orElse(""));
    }

    /// The SHA-256 of a file, hexadecimal.
    static String digest(Path file) throws IOException {
        try (OutputStream sum = new DigestOutputStream(OutputStream.nullOutputStream(), sha256())) {
            Files.copy(file, sum);
            return HexFormat.of().formatHex(((DigestOutputStream) sum).getMessageDigest().digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
