package io.k3j.supervisor;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Renews certificates in the running process: whoever reads one of the files next has the new one.
final class Renewal {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Duration LOOK = Duration.ofMinutes(30);

    private final Credentials credentials;
    private final Authorities authorities;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final List<Runnable> readers;
    private Instant next;

    /// `readers` are told when something was renewed.
    Renewal(Credentials credentials, InstantSource clock, RandomGenerator random, List<Runnable> readers) {
        this.credentials = credentials;
        this.authorities = credentials.authorities().settled();
        this.clock = clock;
        this.random = random;
        this.readers = List.copyOf(readers);
        this.next = clock.instant().plus(LOOK);
    }

    /// Looks every half hour.
    void step() throws IOException {
        if (clock.instant().isBefore(next)) {
            return;
        }
        next = clock.instant().plus(LOOK);
        List<Leaf> all = new ArrayList<>(Leaves.needed(credentials.layout(), credentials.settings()));
        all.addAll(Leaves.others(credentials.layout(), credentials.settings()));
        boolean renewed = false;
        for (Leaf leaf : all) {
            if (leaf.ensure(authorities, clock.instant(), random)) {
                renewed = true;
                LOG.log(Level.INFO, "Renewed a certificate path=" + leaf.certificate() + " until=" + until(leaf));
            }
        }
        if (renewed) {
            new KubeConfigs(credentials.layout(), credentials.settings()).ofAdministrator();
            readers.forEach(Runnable::run);
        }
    }

    private static Instant until(Leaf leaf) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(leaf.certificate());
        return chain.getFirst().getNotAfter().toInstant();
    }
}
