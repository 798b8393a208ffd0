package io.k3j.features;

import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.ClusterDecisions.Decided;
import io.k3j.componentapi.Components;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.ClusterChanges;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Transaction.StepFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/// Decides for the cluster, follows what was decided, and says how far it has come.
///
/// ```
/// record changes ─► under the lock of the changes: read anew ─► one change per feature ─► report
///        └── one that is refused costs itself, and is tried again
/// ```
/// What it follows is kept with this server's own decisions, and counts at the next start from the beginning. What was
/// decided while the server was down is heard of when the datastore answers: it could not be asked before that.
final class ClusterFollower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    /// A report counts for five minutes.
    private static final Duration RENEW = Duration.ofSeconds(60);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final long PAUSE_SECONDS = 2;
    private static final String NO_SERVER = "this node has no part in what servers decide; type it on a server";
    private final ServiceTracker<ClusterDecisions, ClusterDecisions> source;
    private final Changing changing;
    private final ClusterChanges plans;
    private final FeatureList list;
    private final Set<String> onAgents;
    /// Why this server does not follow, by feature; guarded by the lock of the changes.
    private final Map<String, String> refused = new TreeMap<>();
    private volatile Decided seen = new Decided(0, Map.of());
    private boolean reported;

    /// @param onAgents the features that agents run as well
    ClusterFollower(BundleContext context, Changing changing, ClusterChanges plans, FeatureList list,
            Set<String> onAgents) {
        this.source = new ServiceTracker<>(context, ClusterDecisions.class, null);
        this.changing = changing;
        this.plans = plans;
        this.list = list;
        this.onAgents = Set.copyOf(onAgents);
        source.open();
    }

    private ClusterDecisions source() {
        ClusterDecisions found = source.getService();
        if (found == null) {
            throw new SwapRefused(NO_SERVER);
        }
        return found;
    }

    /// What deciding would do, a line each, under the lock.
    List<String> plan(String name, boolean on) {
        Map<String, Boolean> before = source().decided().components();
        Map<String, Boolean> now = plans.decided(before, name, on);
        List<String> lines = new ArrayList<>(List.of("for the cluster: " + words(now)));
        lines.addAll(plans.follow(now, changed(before, now)).lines());
        return lines;
    }

    private static Set<String> changed(Map<String, Boolean> before, Map<String, Boolean> now) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        names.removeIf(name -> before.containsKey(name) == now.containsKey(name)
                && before.getOrDefault(name, false).equals(now.getOrDefault(name, false)));
        return names;
    }

    private static String words(@Nullable Boolean on) {
        return on == null ? "nothing any more" : on ? "enabled" : "disabled";
    }

    private static String words(Map<String, Boolean> decided) {
        List<String> words = new ArrayList<>();
        new TreeMap<>(decided).forEach((name, on) -> words.add(name + " is " + words(on)));
        return words.isEmpty() ? "nothing is decided any more" : String.join(", ", words);
    }

    /// Decides, and follows, under the lock.
    void decide(String name, boolean on, Consumer<String> progress) throws InterruptedException {
        changing.features();
        ClusterDecisions record = source();
        Decided before = record.decided();
        Map<String, Boolean> now = plans.decided(before.components(), name, on);
        Decided decided = record.decide(new Decided(before.revision(), now));
        progress.accept("for the cluster: " + words(decided.components()));
        changed(before.components(), now).stream().filter(onAgents::contains)
                .forEach(each -> progress.accept("agents do not follow: " + each
                        + " runs there as the flags of the servers say; see: k3s server-config get"));
        follow(decided, progress);
        refused.forEach(
                (each, why) -> progress.accept(each + " is decided, and this server does not follow yet: " + why));
        report(record);
    }

    /// Follows once, before anything is deployed that may have been decided against.
    void first() {
        try {
            changing.exclusively(this::followNewest);
        } catch (SwapRefused notNow) {
            LOG.log(System.Logger.Level.DEBUG, "Decisions for the cluster are not known yet", notNow);
        }
    }

    private boolean followNewest() throws InterruptedException {
        ClusterDecisions record = source();
        boolean all = follow(record.decided(), step -> {
        });
        report(record);
        return all;
    }

    /// Goes on following until it is interrupted.
    void run() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (boolean all = true; true;) {
            try {
                source.waitForService(0).next(seen, all ? RENEW : RETRY);
                all = changing.exclusively(this::followNewest);
            } catch (SwapRefused notNow) {
                LOG.log(System.Logger.Level.DEBUG, "Decisions for the cluster are asked for again", notNow);
                never.await(PAUSE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /// One after the other, and again as long as that helps: what another one needs goes after it.
    private boolean follow(Decided decided, Consumer<String> progress) throws InterruptedException {
        Set<String> open = plans.pending(decided.components());
        refused.keySet().retainAll(open);
        for (int before = open.size() + 1; !open.isEmpty() && open.size() < before;) {
            before = open.size();
            for (String name : Set.copyOf(open)) {
                if (follow(name, decided, progress)) {
                    open.remove(name);
                }
            }
        }
        seen = decided;
        return open.isEmpty();
    }

    private boolean follow(String name, Decided decided, Consumer<String> progress) throws InterruptedException {
        String why;
        try {
            ChangePlan change = plans.follow(decided.components(), Set.of(name));
            changing.run(change, progress).forEach(Changing.quiet(progress));
            refused.remove(name);
            LOG.log(System.Logger.Level.INFO, "Component follows the cluster component={0} decided={1}", name,
                    words(decided.components().get(name)));
            return true;
        } catch (StepFailed e) {
            why = e.reason();
        } catch (SwapRefused | FeatureProblem e) {
            why = String.valueOf(e.getMessage());
        }
        if (!why.equals(refused.put(name, why))) {
            LOG.log(System.Logger.Level.WARNING, "Component does not follow the cluster yet component={0} reason={1}",
                    name, why);
        }
        return false;
    }

    private void report(ClusterDecisions record) {
        if (seen.components().isEmpty() && refused.isEmpty() && !reported) {
            return;
        }
        Set<String> names = new TreeSet<>(seen.components().keySet());
        names.addAll(refused.keySet());
        Map<String, String> states = new HashMap<>();
        names.forEach(name -> states.put(name, state(name)));
        record.report(seen.revision(), states);
        reported = true;
    }

    private String state(String name) {
        String why = refused.get(name);
        if (why != null) {
            return "does not follow yet: " + why;
        }
        boolean off = Boolean.FALSE.equals(seen.components().get(name));
        return list.all().stream().filter(feature -> feature.name().equals(name)).findFirst()
                .map(feature -> feature.state() + (feature.state().equals("ENABLED")
                        || feature.state().equals("DISABLED") && off ? ""
                                : ": " + feature.message()))
                .orElse("not a part of this server");
    }

    /// What was decided and how each server follows.
    List<Components.Followed> cluster() {
        ClusterDecisions record = source();
        Decided decided = record.decided();
        List<ClusterDecisions.Report> reports = record.reports();
        List<Components.Followed> all = new ArrayList<>();
        new TreeMap<>(decided.components()).forEach((name, on) -> {
            for (ClusterDecisions.Report report : reports) {
                all.add(new Components.Followed(name, on, report.server(), report.revision() < decided.revision()
                        ? "has not heard of the newest decision yet" : report.states().getOrDefault(name, "-")));
            }
            if (reports.isEmpty()) {
                all.add(new Components.Followed(name, on, "-", "no server has said anything yet"));
            }
        });
        return all;
    }

    @Override
    public void close() {
        source.close();
    }
}
