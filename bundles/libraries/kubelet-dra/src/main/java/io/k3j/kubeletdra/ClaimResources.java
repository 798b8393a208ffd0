package io.k3j.kubeletdra;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Devices of claims on this node: prepared by their drivers before the first pod that has them starts, taken back
/// after the last one has ended. Any thread; one pod or claim at a time, since drivers are asked for several at once.
/// Blocks for the API and for drivers. A pod without claims costs nothing.
public final class ClaimResources {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private static final long LOOK_SECONDS = 1;
    private final ApiClient api;
    private final DraPlugins plugins;
    private final GoneDrivers gone;
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
        this.checkpoint = new ClaimCheckpoint(root.resolve("dra_manager_state"));
        this.claims = checkpoint.read();
    }

    /// Follows drivers until closed. Takes nothing back at the end.
    ///
    /// @param closed reaches zero at the end
    public void run(CountDownLatch closed) throws InterruptedException {
        do {
            gone.saw(plugins.look());
            gone.step();
        } while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS));
    }

    /// Has the devices of a pod's claims prepared; may be called again at any time.
    ///
    /// @throws IOException when they are not: what is missing, and of which claim
    public void prepare(Obj pod) throws IOException {
        List<PodClaim> wanted = PodClaim.of(pod).stream().filter(PodClaim::needed).toList();
        if (!wanted.isEmpty()) {
            prepare(pod, wanted);
        }
    }

    private synchronized void prepare(Obj pod, List<PodClaim> wanted) throws IOException {
        Map<String, List<ClaimInfo>> byDriver = new LinkedHashMap<>();
        Set<String> uids = new LinkedHashSet<>();
        for (PodClaim claim : wanted) {
            Obj found = claim(pod, claim);
            Set<String> drivers = drivers(found);
            ClaimInfo info = claims.getOrDefault(found.uid(), new ClaimInfo(pod.namespace(), found.name(), found.uid(),
                    Set.of(), Map.of(), false)).with(pod.uid());
            for (String driver : drivers) {
                if (plugins.find(driver).isEmpty() && !info.prepared()) {
                    throw new IOException("DRA driver " + driver + " is not registered");
                }
                info = info.drivers().containsKey(driver) ? info : info.with(driver, List.of());
            }
            claims.put(found.uid(), info);
            if (uids.add(found.uid()) && !info.prepared()) {
                ClaimInfo open = info;
                drivers.forEach(d -> byDriver.computeIfAbsent(d, n -> new ArrayList<>()).add(open));
            }
        }
        // before drivers are asked, so that it is taken back whatever happens
        checkpoint.write(claims);
        for (Map.Entry<String, List<ClaimInfo>> one : byDriver.entrySet()) {
            prepare(one.getKey(), one.getValue());
        }
        if (!byDriver.isEmpty()) {
            uids.forEach(uid -> claims.computeIfPresent(uid, (u, c) -> c.done()));
            checkpoint.write(claims);
        }
    }

    private void prepare(String name, List<ClaimInfo> asked) throws IOException {
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
            claims.computeIfPresent(claim.uid(), (u, c) -> c.with(name, answer.devices()));
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

    /// What the runtime is told of the claims of a container: ids of the Container Device Interface, each once.
    ///
    /// @param container its spec in the pod
    public List<String> devices(Obj pod, Struct container) {
        List<Struct> used = container.struct("resources").seq("claims").structs();
        if (used.isEmpty()) {
            return List.of();
        }
        Set<String> ids = new LinkedHashSet<>();
        synchronized (this) {
            for (Struct use : used) {
                PodClaim.of(pod).stream().filter(c -> c.name().equals(use.text("name"))).forEach(c -> known(pod, c)
                        .ifPresent(info -> ids.addAll(info.cdiIds(use.text("request")))));
            }
        }
        return List.copyOf(ids);
    }

    private Optional<ClaimInfo> known(Obj pod, PodClaim claim) {
        return claims.values().stream().filter(c -> c.namespace().equals(pod.namespace())
                && c.name().equals(claim.claim()) && c.pods().contains(pod.uid())).findFirst();
    }

    /// Takes back what a pod has, as far as no other pod has it. May be called again; one that has nothing is no
    /// failure.
    ///
    /// @param uid of the pod, whose containers have ended
    /// @throws IOException when something is left; a second call goes on
    public synchronized void release(String uid) throws IOException {
        for (ClaimInfo claim : List.copyOf(claims.values())) {
            if (!claim.pods().contains(uid)) {
                continue;
            }
            if (claim.pods().size() == 1) {
                for (String driver : claim.drivers().keySet()) {
                    unprepare(driver, claim);
                }
                claims.remove(claim.uid());
            } else {
                claims.put(claim.uid(), claim.without(uid));
            }
            checkpoint.write(claims);
        }
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
        synchronized (this) {
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
