package io.k3j.addondeployer;

import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.addondeployer.ManifestReader.Content;
import io.k3j.addondeployer.Precedence.Copy;
import io.k3j.addondeployer.Precedence.Decision;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One file, from its bytes to objects: first all of it is applied ([#apply]), then, when the other files of the same
/// look have been applied too, what it has dropped is deleted ([#complete]). So an object that moves from one file to
/// another is never deleted between. For one thread; blocks for disk and API.
final class FileDeployment {
    private static final System.Logger LOG = System.getLogger("io.k3j.addondeployer");
    /// How long another server may apply a file until it counts as gone.
    private static final Duration CLAIM = Duration.ofMinutes(2);
    /// How many refusals an Event names.
    private static final int NAMED = 3;
    private static final String FAILED = "ApplyManifestFailed";
    private static final String DEFAULT_NAMESPACE = "default";
    /// These come before the others of a file.
    private static final List<String> EARLY = List.of("Namespace", "CustomResourceDefinition");
    private final ApiClient api;
    private final DeployableKinds kinds;
    private final Addons addons;
    private final ObjectApplier applier;
    private final ObjectPruner pruner;
    private final Announcer announcer;
    private final String server;
    private final TimeSource clock;
    private final Map<String, Rival> rivals = new HashMap<>();
    /// What this server's files held when they were read last.
    private final Map<Path, Copy> copies = new HashMap<>();

    /// Another server's claim on an Addon, and when it was first seen, monotonic.
    private record Rival(String claim, Instant seen) {
    }

    /// A file whose objects are all applied.
    ///
    /// @param addon as it was claimed
    /// @param kinds what to look among for dropped objects
    record Applied(Found file, Obj addon, Copy copy, List<Obj> objects, Set<Gvk> kinds) {
        /// Whether it may be what others waited for.
        boolean definesKinds() {
            return objects.stream().anyMatch(object -> EARLY.contains(object.gvk().kind()));
        }
    }

    FileDeployment(ServerContext context, Addons addons, Announcer announcer) {
        this.api = context.api();
        this.kinds = context.kinds();
        this.addons = addons;
        this.applier = new ObjectApplier(api, context.manager());
        this.pruner = new ObjectPruner(api, kinds);
        this.announcer = announcer;
        this.server = context.server();
        this.clock = context.clock();
    }

    /// Reads a file and applies its objects, if this copy is the one to apply.
    ///
    /// @param first whether it is as the first look of this process found it
    /// @return empty when there is nothing to apply
    /// @throws ManifestProblem which is to be told; everything is as before, but for the objects that could be applied
    /// @throws ApiFault when the Addon itself cannot be read or written
    Optional<Applied> apply(Found file, Obj addon, boolean first) throws ManifestProblem, InterruptedException {
        Content content = ManifestReader.read(file.path());
        Copy own = new Copy(server, content.checksum(), first ? file.stamp().since() : clock.instant());
        copies.put(file.path(), own);
        Copy applied = Addons.applied(addon);
        Decision decision = Precedence.decide(applied, own, first);
        if (decision == Decision.YIELD) {
            announcer.differs(addon, file.path(), own, applied);
        }
        if (decision != Decision.APPLY) {
            return Optional.empty();
        }
        List<Obj> objects = ManifestParser.parse(content.bytes());
        giveWay(addon);
        Set<Gvk> among = new LinkedHashSet<>(Addons.kinds(addon));
        among.addAll(ManifestParser.kinds(objects));
        Obj claimed = addons.claim(addon, content.checksum(), ManifestParser.kinds(objects));
        boolean whole = false;
        try {
            announcer.applying(claimed, file.path());
            List<Obj> there = applyAll(objects, new OwnerMarks(claimed.key()));
            whole = true;
            return Optional.of(new Applied(file, claimed, own, there, among));
        } finally {
            if (!whole) {
                release(claimed);
            }
        }
    }

    /// A claim that stays is taken over by this server's next attempt, and by others in a while.
    private void release(Obj addon) {
        try {
            addons.release(addon);
        } catch (ApiFault fault) {
            LOG.log(System.Logger.Level.DEBUG, "Claim not released name={0} error={1}", addon.name(),
                    fault.getMessage());
        }
    }

    /// What this server's file held when it was read last.
    Optional<Copy> own(Found file) {
        return Optional.ofNullable(copies.get(file.path()));
    }

    /// Forgets the files that are not there any more.
    void keep(Set<Path> files) {
        copies.keySet().retainAll(files);
    }

    /// Deletes what a file has dropped, and notes that it is applied.
    /// @return how many objects were deleted
    int complete(Applied applied) {
        OwnerMarks owner = new OwnerMarks(applied.addon.key());
        int deleted = 0;
        boolean whole = false;
        try {
            deleted = pruner.prune(owner, applied.kinds, applied.objects);
            whole = true;
        } finally {
            if (!whole) {
                release(applied.addon);
            }
        }
        addons.finish(applied.addon, applied.file.path().toString(), applied.copy,
                ManifestParser.kinds(applied.objects));
        announcer.applied(applied.addon, applied.file.path());
        return deleted;
    }

    /// Two servers never apply at once. One that ended in the middle is waited for no longer than [#CLAIM].
    private void giveWay(Obj addon) throws ManifestProblem {
        String claim = addons.rival(addon);
        Instant now = clock.monotonic().instant();
        Rival rival = rivals.get(addon.name());
        if (claim.isEmpty()) {
            rivals.remove(addon.name());
        } else if (rival == null || !rival.claim.equals(claim)) {
            rivals.put(addon.name(), new Rival(claim, now));
            throw waiting(claim);
        } else if (now.isBefore(rival.seen.plus(CLAIM))) {
            throw waiting(claim);
        }
    }

    private static ManifestProblem waiting(String claim) {
        return new ManifestProblem(FAILED, ManifestProblem.Kind.MOMENT,
                "server " + claim.split(" ", 2)[0] + " applies its copy now");
    }

    private List<Obj> applyAll(List<Obj> objects, OwnerMarks owner) throws ManifestProblem, InterruptedException {
        List<Obj> there = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        boolean unknownOnly = true;
        for (Obj object : ordered(objects)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Optional<DeployableKinds.Kind> kind = kinds.find(object.gvk());
            if (kind.isEmpty()) {
                boolean elsewhere = elsewhere(object.gvk());
                unknownOnly &= !elsewhere;
                refused.add(told(object, elsewhere
                        ? "its kind is served by another API server, where K3j deploys nothing; use kubectl apply"
                        : "the API serves no such kind in " + object.gvk().apiVersion()));
                continue;
            }
            Obj placed = placed(object, kind.get().namespaced());
            try {
                applier.apply(kind.get(), placed, owner);
                there.add(placed);
            } catch (ApiFault fault) {
                refused.add(told(placed, String.valueOf(fault.getMessage())));
                unknownOnly = false;
            }
        }
        if (!refused.isEmpty()) {
            throw new ManifestProblem(FAILED, unknownOnly ? ManifestProblem.Kind.MOMENT : ManifestProblem.Kind.TIME,
                    told(refused));
        }
        return there;
    }

    /// Whether a kind is of an aggregated API, of which the catalogs of this server know nothing and where its own
    /// components read and delete only.
    private boolean elsewhere(Gvk kind) {
        try {
            return api.resources().stream()
                    .anyMatch(served -> served.kind().equals(kind.kind())
                            && served.resource().group().equals(kind.group())
                            && served.verbs().containsAll(DeployableKinds.NEEDED)
                            && kinds.find(Gvk.of(served.resource().apiVersion(), served.kind())).isEmpty());
        } catch (ApiFault fault) {
            return false;
        }
    }

    private static List<Obj> ordered(List<Obj> objects) {
        List<Obj> ordered = new ArrayList<>();
        for (String kind : EARLY) {
            objects.stream().filter(object -> object.gvk().kind().equals(kind)).forEach(ordered::add);
        }
        objects.stream().filter(object -> !EARLY.contains(object.gvk().kind())).forEach(ordered::add);
        return ordered;
    }

    private static Obj placed(Obj object, boolean namespaced) {
        if (!namespaced) {
            return object.without("metadata", "namespace");
        }
        return object.namespace().isEmpty() ? object.with(DEFAULT_NAMESPACE, "metadata", "namespace") : object;
    }

    private static String told(Obj object, String why) {
        return object.gvk().kind() + " " + object.key() + ": " + why;
    }

    private static String told(List<String> refused) {
        String named = String.join("; ", refused.subList(0, Math.min(NAMED, refused.size())));
        return refused.size() > NAMED ? named + "; and " + (refused.size() - NAMED) + " more" : named;
    }
}
