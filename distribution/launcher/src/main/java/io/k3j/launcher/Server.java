package io.k3j.launcher;

import io.k3j.componentapi.Abort;
import io.k3j.componentapi.ListeningSockets;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Plan;
import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.ReleaseTrial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;

/// One run of `k3s server` or `k3s agent`, from the checked plan to the last bundle stopped.
public final class Server {
    /// An orderly stop takes no longer; what has not stopped then is ended with the process.
    private static final long STOP_MILLIS = 5_000;
    private static final long SPARE_MILLIS = 2_000;
    /// What agents register when their certificates are there.
    private static final String JOINED = "io.k3j.joined";

    private final LaunchPlan plan;
    private final Progress progress;
    private final Notifier notifier = new Notifier(System.getenv("NOTIFY_SOCKET"));
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<String> abort = new AtomicReference<>("");
    private final ReleaseTrial trial = new ReleaseTrial(Home.find().root(), ReleaseDisk.DURABLE,
            ReleaseTrial.Times.USUAL);
    private final InstallationCheck shipped = new InstallationCheck(Home.find().root(), why -> end(why, false));
    private final Rehearsal rehearsal = Rehearsal.fromSystemProperties();
    private final Footprint footprint;
    private final Readiness readiness;
    private final StartLines lines;
    private volatile boolean joined;
    private volatile boolean done;
    private volatile int exitCode = 1;

    private Server(LaunchPlan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
        this.footprint = Footprint.before(plan.dataDir());
        this.readiness = new Readiness(plan);
        this.lines = new StartLines(plan);
    }

    /// Runs until the process is told to end; blocks. Returns the exit code: 0 after an orderly stop, 1
    /// when it could not start or had to end, with the reason printed.
    ///
    /// @param release for the log, as `v1.36.2+k3s1 (01234567)`
    public static int run(LaunchPlan plan, Progress progress, String release) {
        Server server = new Server(plan, progress);
        try {
            DataDir.refuseLong(plan.dataDir());
            DataDir.refuseHeld(plan.dataDir());
            DataDir.refuseFull(plan.dataDir());
            DataForm.refuseNewer(plan.dataDir());
            if (plan.role().equals("server")) {
                KubeconfigFile.refuseClosed(kubeconfig(plan));
            }
            LogSettings.apply(plan);
        } catch (StartFailure e) {
            complain(e.getMessage());
            return 1;
        } catch (IOException e) {
            complain("cannot write the log --log=" + plan.text("log", "") + ": " + e.getMessage());
            return 1;
        }
        try (HeldSockets sockets = HeldSockets.bind(plan);
                DataDir dataDir = DataDir.take(plan.dataDir());
                Carriers _ = Carriers.watched(Carriers.Pace.usual())) {
            server.lines.begin(release).forEach(Server::log);
            server.exitCode = server.serve(sockets, dataDir);
            server.forgetIfRefused();
            return server.exitCode;
        } catch (StartFailure e) {
            complain(e.getMessage());
            return 1;
        } catch (IOException | BundleException | InvalidSyntaxException e) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.ERROR, "Start failed", e);
            complain("cannot start: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            server.stopped.countDown();
        }
    }

    /// Whether a server or agent of this machine uses the data directory now.
    public static boolean runsIn(Path dataDir) {
        try {
            DataDir.refuseHeld(dataDir);
            return false;
        } catch (StartFailure held) {
            return true;
        }
    }

    private static Path kubeconfig(LaunchPlan plan) {
        return Path.of(plan.text("writeKubeconfig", "/etc/rancher/k3s/k3s.yaml"));
    }

    private int serve(HeldSockets sockets, DataDir dataDir)
            throws IOException, BundleException, InvalidSyntaxException, InterruptedException, StartFailure {
        shipped.begin();
        Thread hook = Thread.ofPlatform().name("stop").unstarted(this::stopNow);
        Runtime.getRuntime().addShutdownHook(hook);
        trial.watch(end, why -> end(why, false));
        Platform platform = open(dataDir);
        shipped.await(InstallationCheck.PATIENCE);
        // from here on this release writes; one that is damaged has not, and the one before still opens the data
        DataForm.record(dataDir.path());
        BundleContext context = platform.context();
        context.registerService(ListeningSockets.class, sockets, null);
        context.registerService(Plan.class, bundlePlan(sockets), null);
        context.registerService(Abort.class, ending(), null);
        PhaseWatch.on(context, this::reached, this::holds);
        ComponentLines components = new ComponentLines(plan);
        context.addBundleListener(event -> {
            if (event.getType() == BundleEvent.STARTED) {
                components.of(event.getBundle().getSymbolicName()).ifPresent(Server::log);
            }
        });
        platform.start();
        progress.step("OSGi framework started");
        rehearsal.await(end);
        notifier.stopping();
        if (!platform.stop(STOP_MILLIS)) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.WARNING, "not all bundles stopped in time");
        }
        String reason = Objects.requireNonNull(abort.get());
        if (!reason.isEmpty()) {
            complain(reason);
            return done ? 0 : 1;
        }
        progress.step("stopped");
        return 0;
    }

    /// Where it does not open, damage is the better reason, and there is time to look for it.
    private Platform open(DataDir dataDir)
            throws IOException, BundleException, StartFailure, InterruptedException {
        try {
            return Platform.open(Home.find(), dataDir);
        } catch (IOException | BundleException | RuntimeException | LinkageError e) {
            shipped.await(InstallationCheck.WHOLE);
            throw e;
        }
    }

    /// One that was not let into its cluster was never here. A reset ends before it joins, and what it made stays.
    private void forgetIfRefused() {
        if (!joined && !Objects.requireNonNull(abort.get()).isEmpty() && !done) {
            footprint.undo();
        }
    }

    /// On the virtual machine's shutdown (SIGTERM, SIGINT): lets the main thread stop everything, then
    /// ends with its code instead of the signal's.
    private void stopNow() {
        end.countDown();
        try {
            if (!stopped.await(STOP_MILLIS + SPARE_MILLIS, TimeUnit.MILLISECONDS)) {
                complain("did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private static void log(String line) {
        // as it is: a brace in it is no parameter
        System.getLogger("io.k3j.launcher").log(System.Logger.Level.INFO, line);
    }

    /// For the person who typed the command; what the program is asked to print stays on standard output.
    private static void complain(@Nullable String message) {
        System.err.println("k3s: " + message);
    }

    private Abort ending() {
        return new Abort() {
            @Override
            public void abort(String message) {
                end(message, false);
            }

            @Override
            public void done(String message) {
                end(message, true);
            }
        };
    }

    private synchronized void end(String reason, boolean asWished) {
        if (abort.compareAndSet("", reason)) {
            done = asWished;
            end.countDown();
        }
    }

    private Plan bundlePlan(HeldSockets sockets) {
        Map<String, Object> settings = new HashMap<>(plan.settings());
        settings.put("dataDir", plan.dataDir().toString());
        settings.put("dataForm", Integer.toString(DataForm.OWN));
        if (sockets.has(ListeningSockets.SERVER)) {
            settings.put("httpsListenPort", Integer.toString(sockets.port(ListeningSockets.SERVER)));
        }
        if (sockets.has(ListeningSockets.SUPERVISOR)) {
            settings.put("supervisorPort", Integer.toString(sockets.port(ListeningSockets.SUPERVISOR)));
        }
        if (sockets.has(ListeningSockets.KUBELET)) {
            settings.put("kubeletPort", Integer.toString(sockets.port(ListeningSockets.KUBELET)));
        }
        return new Plan(plan.role(), plan.dataDir(), Home.find().features(), settings, plan.disabled(),
                plan.whereSet());
    }

    private void reached(String phase) {
        if (phase.equals(Phases.CLUSTER_AGREED) || phase.equals(JOINED)) {
            joined = true;
        }
        String words = PhaseWatch.words(phase);
        progress.step(words);
        notifier.status(words);
        lines.reached(phase).forEach(Server::log);
        rehearsal.reached(phase, end);
        if (readiness.completedBy(phase)) {
            up(words);
        }
    }

    /// One that ends already, as its port cannot be opened, never was.
    private void up(String words) {
        if (!Objects.requireNonNull(abort.get()).isEmpty()) {
            return;
        }
        shipped.startIsOver();
        notifier.ready(words);
        log("k3s is up and running");
        if (plan.flag("disableApiserver")) {
            progress.line("Next: join a server with the control plane: k3s server --disable-etcd "
                    + "--server https://<this server>:" + Ports.server(plan) + " --token <server/token>");
        } else if (plan.role().equals("server")) {
            progress.line("Next: k3s kubectl get nodes    (kubeconfig: " + kubeconfig(plan) + ")");
        }
    }

    /// Of a release on trial: it has to stay ready.
    private void holds(String phase, boolean now) {
        if (phase.equals(readiness.phase())) {
            trial.ready(now);
        }
    }
}
