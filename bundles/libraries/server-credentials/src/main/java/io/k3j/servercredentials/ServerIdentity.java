package io.k3j.servercredentials;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The certificate of the server's port, subject `O=k3s, CN=k3s`. Kept in `server/tls/dynamic-cert.json`;
/// renewed while it is in use, when it runs out or its names have to grow.
///
/// Names grow by what clients ask for only with `--tls-san-security=false`, and even then up to a
/// bound: otherwise strangers could make the certificate too large to send (CVE-2023-32187).
///
/// Any thread. A handshake never waits: what runs out is renewed on a virtual thread of its own.
public final class ServerIdentity implements ListenerIdentity {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// So many still fit into a handshake; what is asked for beyond them is ignored.
    private static final int MOST_NAMES = 100;
    /// RFC 1035, section 2.3.4; longer ones are no names.
    private static final int LONGEST_NAME = 253;
    /// How often a handshake makes it look at the end of its life.
    private static final Duration LOOK_AGAIN = Duration.ofHours(6);

    private final DynamicCertificateFile file;
    private final Authorities authorities;
    private final boolean secure;
    private final InstantSource clock;
    private final RandomGenerator random;
    /// All it is good for, in the order they came; only grows. Guarded by `this`.
    private final Set<String> names = new LinkedHashSet<>();
    /// What handshakes show; replaced as a whole.
    private volatile Certified current;
    private volatile Instant nextLook;
    /// Known a moment after the first handshakes: nobody waits for it at a start.
    private volatile List<X509Certificate> frontProxies = List.of();

    /// Loads the kept certificate if it is still right, else makes one. Blocks for the disk. A damaged file is
    /// replaced, unlike others: it can be made again at any time.
    /// @param authorities those for servers and clients are needed
    /// @param clock the time of day, by which certificates end
    /// @throws IOException when the file cannot be read or written
    public ServerIdentity(ServerLayout layout, SupervisorSettings settings, Authorities authorities,
            InstantSource clock,
            RandomGenerator random) throws IOException {
        this.file = new DynamicCertificateFile(layout.tls("dynamic-cert.json"));
        // left by `k3s certificate rotate`
        boolean anew = Files.deleteIfExists(layout.tls("dynamic-cert-regenerate"));
        this.authorities = authorities;
        this.secure = settings.tlsSanSecurity();
        this.clock = clock;
        this.random = random;
        names.addAll(AlternativeNames.ofServer(settings).texts());
        Optional<Certified> kept = file.read();
        if (kept.isPresent() && (anew || !right(kept.get()))) {
            kept = Optional.empty();
        }
        if (!secure) {
            kept.ifPresent(old -> names.addAll(LeafCertificate.alternativeNames(old.chain().getFirst())));
        }
        current = kept.isPresent() ? kept.get() : make();
        nextLook = clock.instant().plus(LOOK_AGAIN);
    }

    /// Signed by the authority of now, with its chain, lasting, and good for all names.
    private boolean right(Certified kept) throws IOException {
        X509Certificate leaf = kept.chain().getFirst();
        Authorities.InForce inForce = authorities.inForce(Issuer.SERVER);
        boolean chained = kept.chain().subList(1, kept.chain().size()).equals(inForce.authority().chain());
        return chained && inForce.issued(leaf, file.path()) && lasting(leaf)
                && LeafCertificate.alternativeNames(leaf).containsAll(names);
    }

    private boolean lasting(X509Certificate leaf) {
        return leaf.getNotAfter().toInstant().isAfter(clock.instant().plus(LeafCertificate.RENEWAL));
    }

    /// Written before it is shown: what clients have seen survives a restart.
    private Certified make() throws IOException {
        CertificateAuthority authority = authorities.get(Issuer.SERVER);
        AlternativeNames wanted = AlternativeNames.of(names);
        Profile profile = new Profile("k3s", List.of("k3s"), wanted.dnsNames(), wanted.addresses(),
                Set.of(Profile.Usage.SERVER), Profile.YEAR);
        KeyPair pair = Keys.elliptic();
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(authority.sign(profile, pair.getPublic(), clock.instant(), random));
        chain.addAll(authority.chain());
        file.write(chain, pair, wanted.texts());
        return new Certified(chain, pair.getPrivate());
    }

    /// Two handshakes at once may both start a look; the second finds nothing to do.
    /// @param serverName is not looked at: there is one certificate
    @Override
    public Certified certified(Optional<String> serverName) {
        Instant now = clock.instant();
        if (now.isAfter(nextLook)) {
            nextLook = now.plus(LOOK_AGAIN);
            Thread.startVirtualThread(this::renew);
        }
        return current;
    }

    /// Makes it again, however long it would last; the next handshake shows it.
    /// @throws IOException when it cannot be kept; the old one is shown on
    public synchronized void rotate() throws IOException {
        current = make();
        LOG.log(Level.INFO, "Renewed the server's certificate until=" + current.chain().getFirst().getNotAfter());
    }

    /// What fails is logged; the old one is shown on, and looked at again in six hours.
    private synchronized void renew() {
        if (lasting(current.chain().getFirst())) {
            return;
        }
        try {
            current = make();
            LOG.log(Level.INFO, "Renewed the server's certificate until=" + current.chain().getFirst().getNotAfter());
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "Cannot renew the server's certificate", failed);
        }
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return authorities.get(Issuer.CLIENT).chain();
    }

    @Override
    public List<X509Certificate> frontProxyAuthorities() {
        return frontProxies;
    }

    /// Whom to believe that it is a front proxy, from the next handshake on.
    public void frontProxyAuthorities(List<X509Certificate> authorities) {
        frontProxies = List.copyOf(authorities);
    }

    /// Blocks for a key pair and the disk when a name is new, so it is not called by the thread of the handshake.
    /// @param serverName as the client sent it; may be anything
    @Override
    public synchronized void asked(String serverName) {
        if (secure || serverName.length() > LONGEST_NAME || names.size() >= MOST_NAMES || names.contains(serverName)) {
            return;
        }
        AlternativeNames one = AlternativeNames.of(List.of(serverName));
        if (one.texts().isEmpty() || !names.addAll(one.texts())) {
            return;
        }
        try {
            current = make();
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "Cannot add a name to the server's certificate", failed);
        }
    }

    /// `dynamic-cert.json`: a Secret, as K3s keeps it.
    /// @param path `server/tls/dynamic-cert.json`
    record DynamicCertificateFile(Path path) {
        /// @return empty when there is none, or a damaged one, which is logged
        /// @throws IOException when the file is there and cannot be read
        Optional<Certified> read() throws IOException {
            Optional<String> text = PemFiles.read(path);
            try {
                return text.flatMap(json -> parse(DynamicSecret.parse(json)));
            } catch (IllegalArgumentException damaged) {
                LOG.log(Level.WARNING, "Regenerating the server's certificate, the stored one is damaged path=" + path);
                return Optional.empty();
            }
        }

        private static Optional<Certified> parse(DynamicSecret secret) {
            List<X509Certificate> chain = Pem.certificates(secret.certificate());
            List<LoadedKey> keys = Pem.keys(secret.key());
            return chain.isEmpty() || keys.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Certified(chain, keys.getFirst().secret()));
        }

        void write(List<X509Certificate> chain, KeyPair pair, Set<String> names) throws IOException {
            DynamicSecret secret = new DynamicSecret(Pem.encode(chain), Pem.encode(pair));
            PemFiles.write(path, secret.json(names), PemFiles.SECRET);
        }
    }
}
