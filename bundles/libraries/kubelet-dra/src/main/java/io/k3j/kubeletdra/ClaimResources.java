package io.k3j.kubeletdra;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Devices of claims on this node: prepared by their drivers before the first pod that has them starts, taken back
/// after the last one has ended. Any thread; pods that share a claim one after the other, others do not wait for each
/// other's drivers. Blocks for the API and for drivers. A pod without claims costs nothing.
public final class ClaimResources {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private static final long LOOK_SECONDS = 1;
    private final ClaimLocks locks = new ClaimLocks();
    private final ApiClient api;
    private final DraPlugins plugins;
    private final GoneDrivers gone;
    private final HealthWatches health;
    private final ClaimCheckpoint checkpoint;
    private final Map<String, ClaimInfo> claims;

    /// Reads what an earlier kubelet has prepared.
    ///
    /// @param root the kubelet's directory
    /// @param node its name
    /// @param api as the node
    /// @param monotonic of pauses
    public ClaimResources(Path root, String node, ApiClient api, InstantSource monotonic) {
        this.api = api;
        this.plugins = new DraPlugins(root.resolve("plugins_registry"), monotonic);
        this.gone = new GoneDrivers(api, node, monotonic, plugins);
        this.health = new HealthWatches(monotonic);
        this.checkpoint = new ClaimCheckpoint(root.resolve("dra_manager_state"));
        this.claims = checkpoint.read();
    }

    /// Follows drivers until closed. Takes nothing back at the end.
    ///
    /// @param closed reaches zero at the end
    /// @param news called when health has changed
    public void run(CountDownLatch closed, Runnable news) throws InterruptedException {
        try {
            do {
                gone.saw(plugins.look());
                gone.step();
                health.follow(plugins.current(), news);
            } while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS));
        } finally {
            health.close();
        }
    }

    /// Has the devices of a pod's claims prepared; may be called again at any time.
    ///
    /// @throws IOException when they are not: what is missing, and of which claim
    public void prepare(Obj pod) throws IOException {
        List<PodClaim> wanted = PodClaim.all(pod).stream().filter(PodClaim::needed).toList();
        if (!wanted.isEmpty()) {
            prepare(pod, wanted);
        }
    }

    private void prepare(Obj pod, List<PodClaim> wanted) throws IOException {
        Map<String, Obj> found = new LinkedHashMap<>();
        for (PodClaim claim : wanted) {
            Obj one = claim(pod, claim);
            found.put(one.uid(), one);
        }
        locks.exclusively(found.keySet(), () -> prepare(pod.uid(), found.values()));
    }

    private void prepare(String pod, Collection<Obj> wanted) throws IOException {
        Map<String, List<ClaimInfo>> byDriver = new LinkedHashMap<>();
        List<String> open = new ArrayList<>();
        for (Obj claim : wanted) {
            Set<String> drivers = drivers(claim);
            ClaimInfo info = noted(claim, drivers, pod);
            if (!info.prepared()) {
                open.add(info.uid());
                drivers.forEach(d -> byDriver.computeIfAbsent(d, n -> new ArrayList<>()).add(info));
            }
        }
        // before drivers are asked, so that it is taken back whatever happens
        save();
        for (Map.Entry<String, List<ClaimInfo>> one : byDriver.entrySet()) {
            ask(one.getKey(), one.getValue());
        }
        if (!open.isEmpty()) {
            open.forEach(uid -> change(uid, ClaimInfo::done));
            save();
        }
    }

    /// A claim of a pod, with its drivers.
    private ClaimInfo noted(Obj claim, Set<String> drivers, String pod) throws IOException {
        ClaimInfo info = known(claim.uid()).orElseGet(() -> new ClaimInfo(claim.namespace(), claim.name(), claim.uid(),
                Set.of(), Map.of(), false)).with(pod);
        for (String driver : drivers) {
            if (!info.prepared() && plugins.find(driver).isEmpty()) {
                throw new IOException("DRA driver " + driver + " is not registered");
            }
            info = info.drivers().containsKey(driver) ? info : info.with(driver, List.of());
        }
        synchronized (claims) {
            claims.put(info.uid(), info);
        }
        return info;
    }

    private Optional<ClaimInfo> known(String uid) {
        synchronized (claims) {
            return Optional.ofNullable(claims.get(uid));
        }
    }

    private void change(String uid, UnaryOperator<ClaimInfo> how) {
        synchronized (claims) {
            claims.computeIfPresent(uid, (u, claim) -> how.apply(claim));
        }
    }

    private void save() throws IOException {
        synchronized (claims) {
            checkpoint.write(claims);
        }
    }

    private void ask(String name, List<ClaimInfo> asked) throws IOException {
        DraDriver driver = plugins.find(name)
                .orElseThrow(() -> new IOException("DRA driver " + name + " is not registered"));
        Map<String, DraMessages.Answer> answers = driver.prepare(asked);
        for (ClaimInfo claim : asked) {
            DraMessages.Answer answer = answers.get(claim.uid());
            if (answer == null) {
                throw new IOException("NodePrepareResources of DRA driver " + name + " left out claim "
                        + claim.namespace() + "/" + claim.name());
            }
            if (!answer.error().isEmpty()) {
                throw new IOException("NodePrepareResources failed for ResourceClaim " + claim.name() + ": "
                        + answer.error());
            }
            List<ClaimInfo.Device> devices = answer.devices();
            change(claim.uid(), c -> c.with(name, devices));
        }
    }

    private Obj claim(Obj pod, PodClaim claim) throws IOException {
        if (claim.waits()) {
            throw new IOException("the ResourceClaim for \"" + claim.name() + "\" has not been made yet");
        }
        Obj found;
        try {
            found = api.get(CLAIMS, new Key(pod.namespace(), claim.claim()));
        } catch (ApiFault e) {
            throw new IOException("failed to get ResourceClaim " + claim.claim() + ": " + e.getMessage(), e);
        }
        if (!claim.mayBe(found, pod)) {
            throw new IOException("ResourceClaim " + found.key() + " was not created for pod " + pod.key()
                    + " (pod is not owner)");
        }
        if (!PodClaim.reserved(found, pod.uid())) {
            throw new IOException("pod " + pod.name() + "(" + pod.uid() + ") is not allowed to use ResourceClaim "
                    + found.name() + "(" + found.uid() + ")");
        }
        return found;
    }

    private static Set<String> drivers(Obj claim) throws IOException {
        Struct allocation = claim.status().struct("allocation");
        if (!claim.status().has("allocation")) {
            throw new IOException("ResourceClaim " + claim.name() + " is not allocated");
        }
        Set<String> drivers = new LinkedHashSet<>();
        allocation.struct("devices").seq("results").structs().forEach(r -> drivers.add(r.text("driver")));
        return drivers;
    }

    /// What the runtime is told of the claims of a container, and of its extended resources that the scheduler has made
    /// one for: ids of the Container Device Interface, each once.
    ///
    /// @param container its spec in the pod
    public List<String> devices(Obj pod, Struct container) {
        List<Struct> used = container.struct("resources").seq("claims").structs();
        List<String> extended = PodClaim.extendedRequests(pod, container.text("name"));
        if (used.isEmpty() && extended.isEmpty()) {
            return List.of();
        }
        Set<String> ids = new LinkedHashSet<>();
        for (Struct use : used) {
            PodClaim.of(pod).stream().filter(c -> c.name().equals(use.text("name"))).flatMap(c -> held(pod, c))
                    .forEach(info -> ids.addAll(info.cdiIds(use.text("request"))));
        }
        PodClaim.extended(pod).stream().flatMap(c -> held(pod, c))
                .forEach(info -> extended.forEach(request -> ids.addAll(info.cdiIds(request))));
        return List.copyOf(ids);
    }

    /// The health of the devices of a container's claims, as its status tells it; empty for none.
    ///
    /// @param container its spec in the pod
    public Seq health(Obj pod, Struct container) {
        return container.struct("resources").seq("claims").isEmpty() ? Seq.EMPTY
                : AllocatedHealth.of(pod, container, held(pod.uid()), health);
    }

    private Stream<ClaimInfo> held(Obj pod, PodClaim claim) {
        return held(pod.uid()).stream().filter(c -> c.namespace().equals(pod.namespace())
                && c.name().equals(claim.claim()));
    }

    private List<ClaimInfo> held(String pod) {
        synchronized (claims) {
            return claims.values().stream().filter(c -> c.pods().contains(pod)).toList();
        }
    }

    /// Takes back what a pod has, as far as no other pod has it. May be called again; one that has nothing is no
    /// failure, and waits for nobody.
    ///
    /// @param uid of the pod, whose containers have ended
    /// @throws IOException when something is left; a second call goes on
    public void release(String uid) throws IOException {
        for (ClaimInfo claim : held(uid)) {
            locks.exclusively(List.of(claim.uid()), () -> release(uid, claim.uid()));
        }
    }

    private void release(String pod, String uid) throws IOException {
        Optional<ClaimInfo> claim = known(uid).filter(c -> c.pods().contains(pod));
        if (claim.isEmpty()) {
            return;
        }
        if (claim.get().pods().size() > 1) {
            change(uid, c -> c.without(pod));
        } else {
            for (String driver : claim.get().drivers().keySet()) {
                unprepare(driver, claim.get());
            }
            synchronized (claims) {
                claims.remove(uid);
            }
        }
        save();
    }

    private void unprepare(String name, ClaimInfo claim) throws IOException {
        DraDriver driver = plugins.find(name).orElseThrow(() -> new IOException("ResourceClaim " + claim.name()
                + " cannot be taken back: DRA driver " + name + " is not registered"));
        DraMessages.Answer answer = driver.unprepare(List.of(claim)).get(claim.uid());
        if (answer == null || !answer.error().isEmpty()) {
            throw new IOException("NodeUnprepareResources failed for ResourceClaim " + claim.name() + ": "
                    + (answer == null ? "the driver left it out" : answer.error()));
        }
    }

    /// Takes back what pods have that nobody knows any more, as after a crash. What cannot be taken now is left to a
    /// later call.
    ///
    /// @param orphaned whether a pod's uid is nobody's
    public void prune(Predicate<String> orphaned) {
        Set<String> uids = new LinkedHashSet<>();
        synchronized (claims) {
            claims.values().forEach(c -> uids.addAll(c.pods()));
        }
        for (String uid : uids) {
            try {
                if (orphaned.test(uid)) {
                    release(uid);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot take back devices uid={0} error={1}", uid,
                        e.getMessage());
            }
        }
    }
}
