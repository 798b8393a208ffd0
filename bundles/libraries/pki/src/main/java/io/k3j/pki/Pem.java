package io.k3j.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// PEM (RFC 7468): blocks of base64 between dashes. Pure; any thread. What is read may come from operators: text
/// between the blocks and blocks of other types are let be, as OpenSSL writes them.
public final class Pem {
    /// The type of certificates.
    public static final String CERTIFICATE = "CERTIFICATE";
    /// The type of elliptic keys in SEC 1, as K3s writes them.
    public static final String EC_PRIVATE_KEY = "EC PRIVATE KEY";
    /// The type of RSA keys in PKCS #1, as K3s writes its service account key.
    public static final String RSA_PRIVATE_KEY = "RSA PRIVATE KEY";
    /// The type of keys in PKCS #8.
    public static final String PRIVATE_KEY = "PRIVATE KEY";
    /// The type of public keys.
    public static final String PUBLIC_KEY = "PUBLIC KEY";

    private Pem() {
    }

    /// One block.
    ///
    /// @param type what stands between the dashes
    /// @param der the content; not copied
    public record Block(String type, byte[] der) {
    }

    /// One block as text, with lines of 64 characters and a final newline, as Go writes it.
    public static String encode(String type, byte[] der) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    /// Certificates one after the other, in their order; empty for none.
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(encode(CERTIFICATE, der(certificate)));
        }
        return text.toString();
    }

    /// A private key in the form K3s writes: SEC 1 for elliptic keys on P-256, PKCS #1 for RSA. Other keys are not made
    /// here and cannot be written.
    public static String encode(KeyPair pair) {
        if (pair.getPrivate() instanceof RSAPrivateCrtKey rsa) {
            return encode(RSA_PRIVATE_KEY, Keys.pkcs1(rsa));
        }
        return encode(EC_PRIVATE_KEY, Keys.sec1(pair));
    }

    /// All blocks of a text; what stands between them is ignored.
    /// @throws IllegalArgumentException when a block does not end or is not base64
    public static List<Block> decode(String text) {
        List<Block> blocks = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                blocks.add(new Block(block.getType(), block.getContent()));
            }
        } catch (IOException | RuntimeException damaged) {
            throw new IllegalArgumentException("PEM block " + (blocks.size() + 1) + " cannot be read: "
                    + damaged.getMessage(), damaged);
        }
        return List.copyOf(blocks);
    }

    /// The certificates of a text, in order, possibly none.
    /// @throws IllegalArgumentException when one cannot be read
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : decode(text)) {
            if (block.type().equals(CERTIFICATE)) {
                certificates.add(certificate(block.der()));
            }
        }
        return List.copyOf(certificates);
    }

    /// The private keys of a text in SEC 1, PKCS #1 or PKCS #8, in order.
    /// @throws IllegalArgumentException when one cannot be read
    public static List<LoadedKey> keys(String text) {
        List<LoadedKey> keys = new ArrayList<>();
        for (Block block : decode(text)) {
            try {
                switch (block.type()) {
                    case EC_PRIVATE_KEY -> keys.add(Keys.readSec1(block.der()));
                    case RSA_PRIVATE_KEY -> keys.add(Keys.readPkcs1(block.der()));
                    case PRIVATE_KEY -> keys.add(Keys.readPkcs8(block.der()));
                    default -> {
                    }
                }
            } catch (GeneralSecurityException unreadable) {
                throw new IllegalArgumentException("unreadable " + block.type(), unreadable);
            }
        }
        return List.copyOf(keys);
    }

    /// The public keys of a text, in order; those of private keys and certificates are not meant.
    /// @throws IllegalArgumentException when one cannot be read
    public static List<PublicKey> publicKeys(String text) {
        List<PublicKey> keys = new ArrayList<>();
        for (Block block : decode(text)) {
            if (block.type().equals(PUBLIC_KEY)) {
                try {
                    keys.add(Keys.readPublic(block.der()));
                } catch (GeneralSecurityException unreadable) {
                    throw new IllegalArgumentException("unreadable public key", unreadable);
                }
            }
        }
        return List.copyOf(keys);
    }

    /// A certificate's encoded form.
    static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A certificate from its encoded form.
    static X509Certificate certificate(byte[] der) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException unreadable) {
            throw new IllegalArgumentException("unreadable certificate", unreadable);
        }
    }
}
