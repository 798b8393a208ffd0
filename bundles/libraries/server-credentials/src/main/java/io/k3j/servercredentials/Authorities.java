package io.k3j.servercredentials;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The authorities in `server/tls`: those that are there, and new ones for those that are not. Does not change once
/// it is made.
///
/// Any thread may ask. An authority lives ten years and is replaced by `k3s certificate rotate-ca` only, which goes by
/// way of the datastore (ADR 0078).
public final class Authorities {
    /// An authority in force.
    ///
    /// @param authority its chain, itself first, and its key
    /// @param fresh whether it has just been made, so that everything it vouches for has to be made again
    /// @param changed when its files were written last; what is older may have been signed by another key
    record InForce(CertificateAuthority authority, boolean fresh, Instant changed) {
        /// Whether a leaf that was kept is from it. Names decide where the leaf's file is newer than the authority's:
        /// verifying twenty signatures takes a starting process fifty milliseconds.
        /// @param file where the leaf lies
        boolean issued(X509Certificate leaf, Path file) throws IOException {
            return authority.issued(leaf)
                    && (!Files.getLastModifiedTime(file).toInstant().isBefore(changed) || authority.signed(leaf));
        }
    }

    private final Map<Issuer, InForce> all;

    private Authorities(Map<Issuer, InForce> all) {
        this.all = all;
    }

    /// Loads or makes these, in parallel. Blocks for the disk, and some milliseconds for each new key. A key that is
    /// there without its certificate is used for the new one: somebody has put it there.
    /// @param now where the validity of a new one begins
    /// @param random for serial numbers
    /// @param issuers those that are wanted; others are not looked at
    /// @throws AuthorityMismatch naming a certificate whose key is missing or another one's; nothing is overwritten
    /// @throws IOException naming a damaged file; nothing is overwritten
    static Authorities ensure(ServerLayout layout, Instant now, RandomGenerator random, Collection<Issuer> issuers)
            throws IOException {
        Parallel work = new Parallel();
        Map<Issuer, InForce> made = new EnumMap<>(Issuer.class);
        for (Issuer issuer : issuers) {
            work.add(() -> {
                InForce inForce = ensure(layout, issuer, now, random);
                synchronized (made) {
                    made.put(issuer, inForce);
                }
            });
        }
        work.finish();
        return new Authorities(made);
    }

    /// The key is written before the certificate: a crash in between leaves a key, from which the next start goes on.
    private static InForce ensure(ServerLayout layout, Issuer issuer, Instant now, RandomGenerator random)
            throws IOException {
        Path certificate = layout.tls(issuer.file() + ".crt");
        Path key = layout.tls(issuer.file() + ".key");
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        Optional<LoadedKey> loaded = PemFiles.key(key);
        if (!chain.isEmpty() && loaded.isPresent()) {
            if (!loaded.get().belongsTo(chain.getFirst().getPublicKey())) {
                throw AuthorityMismatch.otherKey(certificate, key);
            }
            ensureNoChain(layout, issuer, chain);
            return new InForce(new CertificateAuthority(chain, loaded.get().secret()), false,
                    changed(certificate, key));
        }
        if (!chain.isEmpty()) {
            throw AuthorityMismatch.noKey(certificate, key);
        }
        KeyPair pair = loaded.flatMap(LoadedKey::pair).orElseGet(Keys::elliptic);
        CertificateAuthority authority = CertificateAuthority.selfSigned(issuer.prefix(), pair, now, random);
        PemFiles.write(key, pair);
        PemFiles.write(certificate, authority.chain());
        ensureNoChain(layout, issuer, authority.chain());
        return new InForce(authority, true, now);
    }

    /// By the time of the inode's change: the time of modification of a file from the bootstrap record is the record's.
    private static Instant changed(Path certificate, Path key) throws IOException {
        Instant last = Instant.EPOCH;
        for (Path file : List.of(certificate, key)) {
            Instant time = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
            last = time.isAfter(last) ? time : last;
        }
        return last;
    }

    /// Signers want the authority alone, without what vouches for it. The controller manager's signers are given
    /// `<name>.nochain.crt`, as K3s does, for an authority that came with intermediates.
    private static void ensureNoChain(ServerLayout layout, Issuer issuer, List<X509Certificate> chain)
            throws IOException {
        if (issuer == Issuer.CLIENT || issuer == Issuer.SERVER) {
            Path alone = layout.tls(issuer.file() + ".nochain.crt");
            if (Files.notExists(alone) || !PemFiles.certificates(alone).equals(List.of(chain.getFirst()))) {
                PemFiles.write(alone, List.of(chain.getFirst()));
            }
        }
    }

    /// The same, none of them new any more. For renewals: without this each look would make again what a new authority
    /// vouches for. All signatures are verified then, which costs a process that has run for a while next to nothing.
    Authorities settled() {
        Map<Issuer, InForce> settled = new EnumMap<>(Issuer.class);
        all.forEach((issuer, inForce) -> settled.put(issuer, new InForce(inForce.authority(), false, Instant.MAX)));
        return new Authorities(settled);
    }

    /// One of them.
    /// @throws IllegalStateException when it is none of those that were loaded
    public CertificateAuthority get(Issuer issuer) {
        return inForce(issuer).authority();
    }

    /// One of them, and whether it is new.
    InForce inForce(Issuer issuer) {
        InForce found = all.get(issuer);
        if (found == null) {
            throw new IllegalStateException("no authority " + issuer);
        }
        return found;
    }
}
