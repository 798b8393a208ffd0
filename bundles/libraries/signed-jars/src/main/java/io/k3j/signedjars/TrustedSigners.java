package io.k3j.signedjars;

import java.io.IOException;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Those whose signatures count: the certificates and public keys of `--plugin-trust`. Immutable; any thread.
public final class TrustedSigners {
    private final List<Path> files;
    private final SignerRules rules;

    private TrustedSigners(List<Path> files, SignerRules rules) {
        this.files = files;
        this.rules = rules;
    }

    /// Reads PEM files; what they hold afterwards does not count.
    ///
    /// @param files at least one
    /// @param clock says whether certificates have expired, at each [#verify]
    /// @throws IOException when one cannot be read or understood, or holds nothing: a sentence with the file's name,
    ///         the line and what to type
    public static TrustedSigners read(List<Path> files, InstantSource clock) throws IOException {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no file of certificates is named");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (Path file : files) {
            TrustFile one = TrustFile.read(file);
            certificates.addAll(one.certificates());
            keys.addAll(one.keys());
        }
        return new TrustedSigners(List.copyOf(files), new SignerRules(certificates, keys, clock));
    }

    /// Reads a jar through and says who has signed all of it. Nobody may write to the file meanwhile, or between this
    /// and its use.
    ///
    /// @param jar a file that only its owner can write
    /// @param shown how whoever put it there knows it, for messages
    /// @throws UntrustedJarException when none of those who are trusted has signed it, all of it, as it is
    /// @throws IOException when it is no jar, or cannot be read
    public Signer verify(Path jar, Path shown) throws IOException, UntrustedJarException {
        Set<String> problems = new LinkedHashSet<>();
        try {
            for (CodeSigner signer : SignedJar.signers(jar)) {
                Signer who = Signer.of(signer.getSignerCertPath().getCertificates().getFirst());
                String problem = rules.problem(signer);
                if (problem.isEmpty()) {
                    return who;
                }
                problems.add(who.name() + " (SHA-256 of the certificate " + who.fingerprint() + "): " + problem);
            }
        } catch (UntrustedJarException e) {
            throw new UntrustedJarException(shown + " " + e.getMessage() + named(), e);
        }
        boolean unknown = problems.stream().allMatch(problem -> problem.endsWith(SignerRules.UNKNOWN));
        throw new UntrustedJarException(shown + " is signed by " + String.join("; and by ", problems) + named()
                + (unknown ? "; to trust the signer: keytool -printcert -rfc -jarfile " + shown
                // its certificate is the first; authorities follow, who could let anybody in
                        + " | sed /-END/q >> " + files.getFirst() : ""));
    }

    /// The flag, for messages.
    private String named() {
        return "; --plugin-trust demands a signature by one of "
                + String.join(", ", files.stream().map(Path::toString).toList());
    }
}
