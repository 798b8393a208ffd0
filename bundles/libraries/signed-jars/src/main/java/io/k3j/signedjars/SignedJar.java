package io.k3j.signedjars;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/// A jar whose signatures the JDK verifies, and in which nothing is left that no signature covers.
///
/// The JDK says of each entry who has signed it, as long as nobody has changed it. It does not mind entries that nobody
/// has signed, entries that are gone, a name that is there twice, nor headers of the manifest that were changed when a
/// signature covers the sections only; those are looked for here.
final class SignedJar {
    private static final String META_INF = "META-INF/";
    private static final String SIGNATURE_FILE = ".SF";
    private static final List<String> BLOCKS = List.of(".RSA", ".DSA", ".EC");
    private static final String MANIFEST_DIGEST = "-DIGEST-MANIFEST";
    private static final String ENTRY_DIGEST = "-DIGEST";
    /// Of the digests that the manifest is compared by: the JDK's rules are for what it compares itself.
    private static final List<String> STRONG = List.of("SHA-256", "SHA-384", "SHA-512");
    /// As the JDK's own limit (`jdk.jar.maxSignatureFileSize`).
    private static final int MOST_META_BYTES = 16 << 20;

    private final JarFile jar;
    private final List<JarEntry> entries;

    private SignedJar(JarFile jar) {
        this.jar = jar;
        this.entries = Collections.list(jar.entries());
    }

    /// Those who have signed all of a jar.
    /// @throws UntrustedJarException when nobody has; its message begins with a verb
    static Set<CodeSigner> signers(Path file) throws IOException, UntrustedJarException {
        try (JarFile jar = new JarFile(file.toFile(), true)) {
            SignedJar signed = new SignedJar(jar);
            signed.refuseNames();
            signed.refuseBlocksWithContent();
            Set<CodeSigner> signers = signed.common();
            signed.refuseLoss();
            signed.refuseLooseManifest();
            return signers;
        } catch (SecurityException e) {
            throw new UntrustedJarException("was changed after it was signed (" + Signer.printable(
                    String.valueOf(e.getMessage())) + "); fetch it again, or have it signed again", e);
        }
    }

    private void refuseNames() throws UntrustedJarException {
        Set<String> seen = new HashSet<>();
        for (JarEntry entry : entries) {
            String name = entry.getName();
            if (!seen.add(name)) {
                throw new UntrustedJarException("holds " + Signer.printable(name) + " twice, so that what is read need"
                        + " not be what was signed; build it again");
            }
            boolean otherCase = name.regionMatches(true, 0, META_INF, 0, META_INF.length())
                    && !name.startsWith(META_INF)
                    || name.equalsIgnoreCase(JarFile.MANIFEST_NAME) && !name.equals(JarFile.MANIFEST_NAME);
            if (otherCase || name.startsWith("/") || name.startsWith("./")) {
                throw new UntrustedJarException("holds " + Signer.printable(name) + ", a name that readers of jars take"
                        + " for different ones; build it again");
            }
        }
    }

    private void refuseBlocksWithContent() throws IOException, UntrustedJarException {
        for (JarEntry entry : entries) {
            if (isBlock(entry.getName()) && !SignatureBlock.isDetached(content(entry.getName()))) {
                throw new UntrustedJarException("bears the signature " + Signer.printable(entry.getName())
                        + ", which is damaged or holds what it signs in itself; sign it again, without -internalsf");
            }
        }
    }

    /// Reads everything, since only what was read is verified.
    private Set<CodeSigner> common() throws IOException, UntrustedJarException {
        Set<CodeSigner> common = null;
        JarEntry unsigned = null;
        for (JarEntry entry : entries) {
            long bytes = drain(entry);
            if (entry.isDirectory() ? bytes == 0 : isSignature(entry.getName())) {
                continue;
            }
            CodeSigner[] signers = entry.getCodeSigners();
            if (signers == null) {
                unsigned = entry;
            } else if (common == null) {
                common = new LinkedHashSet<>(Arrays.asList(signers));
            } else {
                common.retainAll(Arrays.asList(signers));
            }
        }
        if (unsigned != null || common == null) {
            throw unsigned(unsigned, common != null);
        }
        if (common.isEmpty()) {
            throw new UntrustedJarException("was signed in parts by several, and whole by nobody; sign it again");
        }
        return common;
    }

    private long drain(JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] buffer = new byte[1 << 14];
            long bytes = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
            }
            return bytes;
        }
    }

    private UntrustedJarException unsigned(@Nullable JarEntry entry, boolean others) {
        if (others && entry != null) {
            return new UntrustedJarException("holds " + Signer.printable(entry.getName()) + ", which is not signed as"
                    + " the rest is; fetch it again, or sign it again");
        }
        return entries.stream().anyMatch(one -> isSignatureFile(one.getName()))
                ? new UntrustedJarException("bears a signature that does not count: it is damaged, or was made with an"
                        + " algorithm that this Java refuses (jdk.jar.disabledAlgorithms); sign it again")
                : new UntrustedJarException("is not signed; to sign it: jarsigner -keystore KEYSTORE JAR ALIAS");
    }

    /// Whether this is where signatures are kept, which cannot be signed themselves.
    private static boolean isSignature(String name) {
        return name.equals(JarFile.MANIFEST_NAME) || isSignatureFile(name) || isBlock(name);
    }

    private static boolean isBlock(String name) {
        return ofMetaInf(name) && BLOCKS.stream().anyMatch(name::endsWith);
    }

    private static boolean isSignatureFile(String name) {
        return ofMetaInf(name) && name.endsWith(SIGNATURE_FILE);
    }

    private static boolean ofMetaInf(String name) {
        return name.startsWith(META_INF) && name.indexOf('/', META_INF.length()) < 0;
    }

    private void refuseLoss() throws IOException, UntrustedJarException {
        Manifest manifest = jar.getManifest();
        if (manifest == null) {
            return;
        }
        for (Map.Entry<String, Attributes> section : manifest.getEntries().entrySet()) {
            boolean signed = section.getValue().keySet().stream()
                    .anyMatch(key -> key.toString().toUpperCase(Locale.ROOT).endsWith(ENTRY_DIGEST));
            if (signed && jar.getEntry(section.getKey()) == null) {
                throw new UntrustedJarException("lacks " + Signer.printable(section.getKey())
                        + ", which was signed with it; fetch it again");
            }
        }
    }

    /// Each signature has to cover the whole manifest, not its sections alone: so its headers are as they were signed,
    /// and so is its list of entries.
    private void refuseLooseManifest() throws IOException, UntrustedJarException {
        byte[] manifest = content(JarFile.MANIFEST_NAME);
        for (JarEntry entry : entries) {
            if (isSignatureFile(entry.getName()) && !covers(new Manifest(jar.getInputStream(entry)), manifest)) {
                throw new UntrustedJarException("has a manifest that is not as " + Signer.printable(entry.getName())
                        + " has signed it, or is signed with none of " + String.join(", ", STRONG)
                        + "; fetch it again, or sign it again");
            }
        }
    }

    private byte[] content(String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        if (entry == null) {
            return new byte[0];
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readNBytes(MOST_META_BYTES);
        }
    }

    private static boolean covers(Manifest signatureFile, byte[] manifest) {
        return signatureFile.getMainAttributes().entrySet().stream().anyMatch(header -> {
            String key = header.getKey().toString().toUpperCase(Locale.ROOT);
            return key.endsWith(MANIFEST_DIGEST)
                    && matches(key.substring(0, key.length() - MANIFEST_DIGEST.length()), header.getValue(), manifest);
        });
    }

    private static boolean matches(String algorithm, Object digest, byte[] manifest) {
        try {
            return STRONG.contains(algorithm) && MessageDigest.isEqual(MessageDigest.getInstance(algorithm)
                    .digest(manifest), Base64.getMimeDecoder().decode(digest.toString()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            System.getLogger("io.k3j.signedjars").log(System.Logger.Level.DEBUG, "Digest is unusable", e);
            return false;
        }
    }
}
