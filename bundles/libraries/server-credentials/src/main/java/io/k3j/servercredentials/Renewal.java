package io.k3j.servercredentials;

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
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Renews certificates in the running process, when they run out or somebody asks: anyone who reads one of the files
/// next has the new one. Connections that are open go on. Any thread: one renews at a time.
///
/// K3s renews at start only; here a server that runs for years needs no restart for it. Authorities are not renewed.
public final class Renewal {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Between two looks at the leaves. They have months left when they are due, so half an hour more is nothing.
    private static final Duration LOOK = Duration.ofMinutes(30);

    private final Credentials credentials;
    private final TimeSource clock;
    private final RandomGenerator random;
    private final List<Runnable> readers;
    /// Those that have not read yet what was renewed last: new ones, and those that failed.
    private final Set<Runnable> untold = new LinkedHashSet<>();
    /// On the monotonic clock; the first look is half an hour after the start, which has just looked itself.
    private Instant next;

    /// `readers` are told when something was renewed, on the thread that did it; more may come to the list. Reads
    /// nothing yet. A reader that throws is told again at each [#step] until it does not; the others are told anyway.
    public Renewal(Credentials credentials, TimeSource clock, RandomGenerator random, List<Runnable> readers) {
        this.credentials = credentials;
        this.clock = clock;
        this.random = random;
        this.readers = readers;
        this.next = clock.monotonic().instant().plus(LOOK);
    }

    /// Looks at all leaves when half an hour has passed since the last look, however the time of day is set; otherwise
    /// only tells readers that failed. Blocks for the disk, and for a key pair per leaf that is due.
    /// @throws IOException naming the file that cannot be read or written; asked again, it goes on
    /// @throws RuntimeException of the first reader that failed, when all have been told
    public void step() throws IOException {
        Instant passed = clock.monotonic().instant();
        if (passed.isBefore(next)) {
            tell();
            return;
        }
        next = passed.plus(LOOK);
        all((leaf, authorities) -> leaf.ensure(authorities, clock.instant(), random));
    }

    /// Makes the certificates of these services again, by the names of `CertificateServices`, but for those in `agent`
    /// of a node that is not this server's own. The administrator's kubeconfig is written anew when anything was.
    /// @param services empty means none; names that are not known are refused by [CertificateServices]
    /// @return the certificates that were made, below the data directory
    /// @throws IOException naming the file that cannot be read or written
    /// @throws RuntimeException of the first reader that failed, when all have been told
    public List<Path> rotate(Set<String> services) throws IOException {
        Path dataDir = credentials.layout().dataDir();
        List<Path> files = CertificateServices.files(services).stream().map(name -> dataDir.resolve(name + ".crt"))
                .toList();
        List<Path> made = new ArrayList<>();
        all((leaf, authorities) -> {
            boolean asked = files.contains(leaf.certificate());
            if (asked) {
                leaf.renew(authorities, clock.instant(), random);
                made.add(dataDir.relativize(leaf.certificate()));
            }
            return asked;
        });
        return made;
    }

    /// Those of these services that [#rotate] leaves: without an API server the node has joined like any other, and its
    /// agent has them made when it starts.
    /// @return certificates below the data directory
    public List<Path> ofAgent(Set<String> services) {
        SupervisorSettings settings = credentials.settings();
        return settings.disableAgent() || Credentials.ownNode(settings) ? List.of()
                : CertificateServices.files(services).stream().filter(name -> name.startsWith("agent/"))
                        .map(name -> Path.of(name + ".crt")).toList();
    }

    /// What may be done to a certificate.
    private interface Step {
        /// @return whether the leaf was made anew
        boolean done(LeafCertificate leaf, Authorities authorities) throws IOException;
    }

    /// Authorities count as settled: what they vouch for was made with them at the start. The others are loaded at each
    /// look, as [Credentials] holds those of its first step only.
    private synchronized void all(Step step) throws IOException {
        ServerLayout layout = credentials.layout();
        SupervisorSettings settings = credentials.settings();
        List<LeafCertificate> leaves = new ArrayList<>(LeafCertificates.needed(layout, settings));
        leaves.addAll(LeafCertificates.others(layout, settings));
        boolean renewed = all(step, leaves, credentials.authorities().settled());
        Authorities others = Authorities.ensure(layout, clock.instant(), random, Issuer.OTHERS).settled();
        renewed |= all(step, LeafCertificates.ofOtherAuthorities(layout, settings), others);
        if (renewed) {
            new KubeConfigs(layout, settings).ofAdministrator();
            untold.addAll(readers);
        }
        tell();
    }

    /// Every reader that is due, whatever the others do; those that fail stay due.
    private synchronized void tell() {
        RuntimeException first = null;
        for (Iterator<Runnable> due = untold.iterator(); due.hasNext();) {
            try {
                due.next().run();
                due.remove();
            } catch (RuntimeException failed) {
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static boolean all(Step step, List<LeafCertificate> leaves, Authorities authorities) throws IOException {
        boolean renewed = false;
        for (LeafCertificate leaf : leaves) {
            if (step.done(leaf, authorities)) {
                renewed = true;
                LOG.log(Level.INFO, "Renewed a certificate path=" + leaf.certificate() + " until=" + until(leaf));
            }
        }
        return renewed;
    }

    /// Read back from the file, so that the log says what is there.
    private static Instant until(LeafCertificate leaf) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(leaf.certificate());
        return chain.getFirst().getNotAfter().toInstant();
    }
}
