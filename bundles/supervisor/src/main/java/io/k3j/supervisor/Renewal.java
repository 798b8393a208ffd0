package io.k3j.supervisor;

import io.k3j.componentapi.TimeSource;
import io.k3j.pki.CertificateServices;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Renews certificates in the running process, when they run out or somebody asks: whoever reads one of the files next
/// has the new one. Connections that are open go on.
final class Renewal {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Duration LOOK = Duration.ofMinutes(30);

    private final Credentials credentials;
    private final TimeSource clock;
    private final RandomGenerator random;
    private final List<Runnable> readers;
    private Instant next;

    /// `readers` are told when something was renewed; more may come to the list.
    Renewal(Credentials credentials, TimeSource clock, RandomGenerator random, List<Runnable> readers) {
        this.credentials = credentials;
        this.clock = clock;
        this.random = random;
        this.readers = readers;
        this.next = clock.monotonic().instant().plus(LOOK);
    }

    /// Looks every half hour, however the time of day is set.
    void step() throws IOException {
        Instant passed = clock.monotonic().instant();
        if (passed.isBefore(next)) {
            return;
        }
        next = passed.plus(LOOK);
        all((leaf, authorities) -> leaf.ensure(authorities, clock.instant(), random));
    }

    /// Makes the certificates of these services anew.
    void rotate(Set<String> services) throws IOException {
        List<Path> files = CertificateServices.files(services).stream()
                .map(name -> credentials.layout().dataDir().resolve(name + ".crt")).toList();
        all((leaf, authorities) -> {
            boolean asked = files.contains(leaf.certificate());
            if (asked) {
                leaf.renew(authorities, clock.instant(), random);
            }
            return asked;
        });
    }

    /// What may be done to a certificate.
    private interface Step {
        boolean done(Leaf leaf, Authorities authorities) throws IOException;
    }

    private synchronized void all(Step step) throws IOException {
        Layout layout = credentials.layout();
        Settings settings = credentials.settings();
        List<Leaf> leaves = new ArrayList<>(Leaves.needed(layout, settings));
        leaves.addAll(Leaves.others(layout, settings));
        boolean renewed = all(step, leaves, credentials.authorities().settled());
        Authorities others = Authorities.ensure(layout, clock.instant(), random, Issuer.OTHERS).settled();
        renewed |= all(step, Leaves.ofOtherAuthorities(layout, settings), others);
        if (renewed) {
            new KubeConfigs(layout, settings).ofAdministrator();
            readers.forEach(Runnable::run);
        }
    }

    private static boolean all(Step step, List<Leaf> leaves, Authorities authorities) throws IOException {
        boolean renewed = false;
        for (Leaf leaf : leaves) {
            if (step.done(leaf, authorities)) {
                renewed = true;
                LOG.log(Level.INFO, "Renewed a certificate path=" + leaf.certificate() + " until=" + until(leaf));
            }
        }
        return renewed;
    }

    private static Instant until(Leaf leaf) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(leaf.certificate());
        return chain.getFirst().getNotAfter().toInstant();
    }
}
