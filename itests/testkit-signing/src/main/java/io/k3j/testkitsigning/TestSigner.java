package io.k3j.testkitsigning;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;
import org.jspecify.annotations.Nullable;

/// A key with its certificate, which signs jars as `jarsigner` does. Immutable.
///
/// @param keys its key, of an elliptic curve unless a test says otherwise
/// @param chain its certificate, and those above it
public record TestSigner(KeyPair keys, List<X509Certificate> chain) {
    private static final int LINE = 64;

    /// A fresh key of an elliptic curve.
    public static KeyPair freshKey() {
        return freshKey("EC", 256);
    }

    /// A fresh key.
    public static KeyPair freshKey(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One whose certificate is signed by itself and good for ten years.
    public static TestSigner selfSigned(String name) {
        return new TestCertificate(name).signedBy(null);
    }

    /// Its certificate.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Signs a jar in its place.
    public Path sign(Path jar) throws IOException {
        return sign(jar, null, "SHA-256");
    }

    /// Signs a jar in its place.
    ///
    /// @param authority of time stamps; null for none
    /// @param digest the algorithm of its digests
    public Path sign(Path jar, @Nullable URI authority, String digest) throws IOException {
        Path signed = jar.resolveSibling(jar.getFileName() + ".signed");
        try (ZipFile in = new ZipFile(jar.toFile()); OutputStream out = Files.newOutputStream(signed)) {
            JarSigner.Builder builder = new JarSigner.Builder(keys.getPrivate(),
                    CertificateFactory.getInstance("X.509").generateCertPath(chain)).digestAlgorithm(digest)
                    .signerName(name());
            if (keys.getPrivate().getAlgorithm().equals("RSA")) {
                builder.signatureAlgorithm(digest.replace("-", "") + "withRSA");
            }
            if (authority != null) {
                builder.tsa(authority);
            }
            builder.build().sign(in, out);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return Files.move(signed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /// The name of its files in a jar: eight characters at most.
    private String name() {
        String letters = certificate().getSubjectX500Principal().getName().replaceAll("[^A-Za-z0-9]", "");
        return letters.substring(Math.max(0, letters.length() - 8));
    }

    /// Its certificate as `--plugin-trust` reads it.
    public String pem() {
        return pem("CERTIFICATE", encoded(certificate()));
    }

    /// Its public key as `--plugin-trust` reads it.
    public String publicKeyPem() {
        return pem("PUBLIC KEY", keys.getPublic().getEncoded());
    }

    /// Its private key, which nobody should put there.
    public String privateKeyPem() {
        return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }

    /// The same with other certificates above its own.
    TestSigner under(List<X509Certificate> above) {
        List<X509Certificate> all = new ArrayList<>(List.of(certificate()));
        all.addAll(above);
        return new TestSigner(keys, all);
    }
}
