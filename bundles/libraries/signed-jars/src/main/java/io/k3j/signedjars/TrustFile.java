package io.k3j.signedjars;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// One PEM file of certificates and public keys (RFC 7468). What stands between the blocks is not looked at.
///
/// @param certificates in their order
/// @param keys public keys, each a SubjectPublicKeyInfo
record TrustFile(List<X509Certificate> certificates, List<byte[]> keys) {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_BLOCKS = 256;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    /// Those that the JDK can verify signatures of jars with.
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA", "ML-DSA");

    /// Reads one.
    /// @throws IOException with one sentence that begins with the file's name
    static TrustFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is no file: put the certificates or public keys there, as PEM");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is larger than " + MOST_BYTES + " bytes, which no list of keys is");
        }
        TrustFile found = new TrustFile(new ArrayList<>(), new ArrayList<>());
        found.addAll(file, Files.readString(file, StandardCharsets.ISO_8859_1).lines().map(String::strip).toList());
        if (found.certificates.isEmpty() && found.keys.isEmpty()) {
            throw new IOException(file + " holds neither a CERTIFICATE nor a PUBLIC KEY; to write that of a key store"
                    + " there: keytool -exportcert -rfc -keystore KEYSTORE -alias ALIAS -file " + file);
        }
        return found;
    }

    private void addAll(Path file, List<String> lines) throws IOException {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                String type = line.substring(BEGIN.length(), line.length() - DASHES.length());
                int end = lines.subList(i, lines.size()).indexOf(END + type + DASHES);
                if (end < 0) {
                    throw new IOException(file + ":" + (i + 1) + ": the " + type + " has no end");
                }
                add(file + ":" + (i + 1), type, String.join("", lines.subList(i + 1, i + end)));
                i += end;
            }
        }
    }

    private void add(String where, String type, String base64) throws IOException {
        if (certificates.size() + keys.size() == MOST_BLOCKS) {
            throw new IOException(where + ": more than " + MOST_BLOCKS + " certificates and keys");
        }
        if (!type.equals("CERTIFICATE") && !type.equals("PUBLIC KEY")) {
            throw new IOException(where + ": " + (type.contains("PRIVATE") ? "a private key does not belong here"
                    : Signer.printable(type) + " is no kind that is known here")
                    + "; write a CERTIFICATE or a PUBLIC KEY");
        }
        try {
            byte[] content = Base64.getDecoder().decode(base64);
            if (type.equals("PUBLIC KEY")) {
                keys.add(publicKey(content));
            } else {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(content)));
            }
        } catch (IllegalArgumentException | CertificateException e) {
            throw new IOException(where + ": the " + type + " is damaged: " + Signer.printable(
                    String.valueOf(e.getMessage())), e);
        }
    }

    private static byte[] publicKey(byte[] content) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(content)).getEncoded();
            } catch (GeneralSecurityException e) {
                System.getLogger("io.k3j.signedjars").log(System.Logger.Level.TRACE, "Key is not " + algorithm, e);
            }
        }
        throw new IllegalArgumentException("it is a key of none of " + ALGORITHMS);
    }
}
