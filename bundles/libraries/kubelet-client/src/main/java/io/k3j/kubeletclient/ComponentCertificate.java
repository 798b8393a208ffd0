package io.k3j.kubeletclient;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Who a component of a server is to nodes: a user of its own, by a client certificate that lives in memory for a day.
/// Not by a token, since a token is handed to every node, and one that was stolen there could be used against the API
/// server. Any thread; blocks on the disk when a new one is due.
public final class ComponentCertificate implements ClientIdentity {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final Duration RENEWED_AFTER = Duration.ofHours(12);
    private final String user;
    private final Path tls;
    private final Path servers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private @Nullable Made made;

    /// A context and what it was made of.
    private record Made(SSLContext context, FileTime authority, FileTime servers, Instant at) {
    }

    /// @param user as which the component is known, as `system:serviceaccount:kube-system:metrics-server`
    /// @param tls the directory `server/tls`
    /// @param clock the time of day
    public ComponentCertificate(String user, Path tls, InstantSource clock, RandomGenerator random) {
        this(user, tls, tls.resolve("server-ca.crt"), clock, random);
    }

    /// The same that believes others.
    ///
    /// @param servers the file of those whose certificates of nodes are believed
    public ComponentCertificate(String user, Path tls, Path servers, InstantSource clock, RandomGenerator random) {
        this.user = user;
        this.tls = tls;
        this.servers = servers;
        this.clock = clock;
        this.random = random;
    }

    /// The same one until it is due or an authority has changed.
    /// @throws IOException when the authorities cannot be read
    @Override
    public synchronized SSLContext context() throws IOException {
        Path authority = tls.resolve("client-ca.crt");
        FileTime ofAuthority = Files.getLastModifiedTime(authority);
        FileTime ofServers = Files.getLastModifiedTime(servers);
        Instant now = clock.instant();
        Made m = made;
        boolean young = m != null && !now.isBefore(m.at) && now.isBefore(m.at.plus(RENEWED_AFTER));
        if (m == null || !young || !m.authority.equals(ofAuthority) || !m.servers.equals(ofServers)) {
            m = new Made(make(authority, now), ofAuthority, ofServers, now);
            made = m;
        }
        return m.context;
    }

    private SSLContext make(Path authority, Instant now) throws IOException {
        Path keyFile = tls.resolve("client-ca.key");
        LoadedKey key = PemFiles.key(keyFile).orElseThrow(() -> new NoSuchFileException(keyFile.toString()));
        CertificateAuthority ca = new CertificateAuthority(PemFiles.certificates(authority), key.secret());
        KeyPair pair = Keys.elliptic();
        Profile profile = new Profile(user, List.of(), List.of(), List.of(), Set.of(Profile.Usage.CLIENT), VALIDITY);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(ca.sign(profile, pair.getPublic(), now, random));
        // a node that knows the root only needs the way to it
        chain.addAll(ca.chain());
        return ClientTls.trusting(PemFiles.certificates(servers),
                Optional.of(new ClientTls.Own(chain, pair.getPrivate())));
    }
}
