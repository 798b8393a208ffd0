package io.k3j.addondeployer;

import io.k3j.addondeployer.FileDeployment.Applied;
import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.addondeployer.ManifestDirectory.Listing;
import io.k3j.addondeployer.Precedence.Copy;
import io.k3j.apimachinery.Names;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Events;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Looks at the directory and brings the cluster to it, one look after the other. For one thread; blocks for disk and
/// API.
final class Deployer {
    /// Attempts that may fail because something is on its way, before anybody is told.
    private static final int QUIET_FAILURES = 3;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private final ApiClient api;
    private final DeployableKinds kinds;
    private final ManifestDirectory directory;
    private final DisabledWords disabled;
    private final StockFiles stock;
    private final FileLedger ledger;
    private final Addons addons;
    private final Events events;
    private final Announcer announcer;
    private final FileDeployment deployment;
    private final AddonRemoval removal;
    private final DeployCounts counts;
    private boolean served;

    /// @param counts is told what was done
    Deployer(ServerContext context, ManifestDirectory directory, DisabledWords disabled, StockFiles stock,
            DeployCounts counts) {
        this.api = context.api();
        this.kinds = context.kinds();
        this.directory = directory;
        this.disabled = disabled;
        this.stock = stock;
        this.counts = counts;
        ledger = new FileLedger(context.clock());
        addons = new Addons(api, context.manager(), context.server());
        events = new Events(api, "deploy", context.server(), context.clock());
        announcer = new Announcer(events, context.server());
        deployment = new FileDeployment(context, addons, announcer);
        removal = new AddonRemoval(api, kinds, addons, announcer);
    }

    /// What one look came to.
    ///
    /// @param pause until something is to be done, if nothing happens in the directories before
    /// @param directories where a change is of interest
    /// @param deployed files that are as the cluster has them
    /// @param failing files that are tried again
    record Outcome(Duration pause, List<Path> directories, long deployed, long failing) {
    }

    /// Does what is due.
    /// @throws ApiFault when the API does not work; the next look goes on where this one ended
    Outcome look() throws InterruptedException {
        prepare();
        Listing listing = directory.list();
        listing.problems().forEach(problem -> announcer.logged(problem, "Manifests: " + problem));
        List<Found> files = listing.files().stream()
                .filter(file -> disabled.name(file.relative()) || listing.wanted(file) && !stock.name(file.relative()))
                .toList();
        ledger.look(files);
        deployment.keep(files.stream().map(Found::path).collect(Collectors.toSet()));
        try {
            List<Found> wanted = wanted(files);
            deploy(wanted);
            withdraw(listing);
            long deployed = wanted.stream().filter(ledger::done).count();
            counts.files(deployed, ledger.failing());
            return new Outcome(ledger.pause(), listing.directories(), deployed, ledger.failing());
        } finally {
            while (events.step()) {
                continue;
            }
        }
    }

    /// Whoever looks for objects to delete has to know all kinds; that of Addons is known with all custom ones.
    private void prepare() {
        if (!served) {
            AddonKind.ensure(api);
            served = true;
        }
        if (kinds.find(Gvk.of("v1", "ConfigMap")).isEmpty() || kinds.find(Gvk.of(Addons.API, Addons.KIND)).isEmpty()) {
            throw ApiFault.unavailable("the kinds of the API are on their way");
        }
    }

    /// The files to be deployed; those that are disabled are removed on the way.
    private List<Found> wanted(List<Found> files) {
        Map<String, List<Found>> byAddon = new LinkedHashMap<>();
        for (Found file : files) {
            if (disabled.name(file.relative())) {
                remove(file);
            } else {
                byAddon.computeIfAbsent(file.addon(), _ -> new ArrayList<>()).add(file);
            }
        }
        return byAddon.entrySet().stream().map(entry -> chosen(entry.getKey(), entry.getValue())).toList();
    }

    private void remove(Found file) {
        if (!ledger.due(file)) {
            return;
        }
        try {
            removal.file(file);
            counts.removed();
            ledger.finished(file);
        } catch (IOException | ApiFault e) {
            announcer.logged("remove " + file.path() + e.getMessage(),
                    "Cannot remove disabled manifest path=" + file.path() + " error=" + e.getMessage());
            ledger.failed(file, ManifestProblem.Kind.TIME);
        }
    }

    /// The one file that an Addon stands for: that which was applied, else the first.
    private Found chosen(String name, List<Found> files) {
        if (files.size() == 1) {
            return files.getFirst();
        }
        Optional<Obj> addon = Names.subdomain(name).isEmpty() ? addons.find(name) : Optional.empty();
        String source = addon.map(there -> there.spec().text("source")).orElse("");
        Found chosen = files.stream().filter(file -> file.path().toString().equals(source)).findFirst()
                .orElse(files.getFirst());
        for (Found other : files) {
            if (other != chosen && ledger.due(other)) {
                addon.ifPresent(there -> announcer.failed(there, other.path(), ManifestProblem.unreadable(
                        ManifestProblem.Kind.FILE, chosen.path() + " has the name " + name + " as well; rename one")));
                ledger.failed(other, ManifestProblem.Kind.FILE);
            }
        }
        return chosen;
    }

    private void deploy(List<Found> files) throws InterruptedException {
        List<Applied> applied = new ArrayList<>();
        for (Found file : files) {
            if (ledger.due(file)) {
                attempt(file).ifPresent(applied::add);
            } else if (ledger.done(file)) {
                compare(file);
            }
        }
        for (Applied one : applied) {
            complete(one);
        }
    }

    private Optional<Applied> attempt(Found file) throws InterruptedException {
        List<String> wrong = Names.subdomain(file.addon());
        if (!wrong.isEmpty()) {
            announcer.logged(file.path() + "", "Cannot deploy manifest path=" + file.path()
                    + " error=its name is no object's name: " + String.join(", ", wrong));
            ledger.failed(file, ManifestProblem.Kind.FILE);
            return Optional.empty();
        }
        Obj addon = addons.ensure(file.addon(), file.path().toString());
        try {
            Optional<Applied> applied = deployment.apply(file, addon, ledger.first(file));
            if (applied.isEmpty()) {
                ledger.finished(file);
            }
            return applied;
        } catch (ManifestProblem problem) {
            failed(file, addon, problem);
        } catch (ApiFault fault) {
            failed(file, addon, fault);
        }
        return Optional.empty();
    }

    private void failed(Found file, Obj addon, ManifestProblem problem) {
        if (problem.kind() != ManifestProblem.Kind.MOMENT || ledger.failures(file) >= QUIET_FAILURES) {
            announcer.failed(addon, file.path(), problem);
        }
        counts.failed();
        ledger.failed(file, problem.kind());
    }

    /// The Addon itself could not be read or written: somebody else was faster, or the API does not work.
    private void failed(Found file, Obj addon, ApiFault fault) {
        boolean faster = fault.code() == CONFLICT || fault.code() == NOT_FOUND;
        failed(file, addon, new ManifestProblem("ApplyManifestFailed",
                faster ? ManifestProblem.Kind.MOMENT : ManifestProblem.Kind.TIME, String.valueOf(fault.getMessage())));
    }

    private void complete(Applied applied) {
        try {
            counts.applied(deployment.complete(applied));
            ledger.finished(applied.file());
            if (applied.definesKinds()) {
                ledger.nudge();
            }
        } catch (ApiFault fault) {
            failed(applied.file(), applied.addon(), fault);
        }
    }

    /// Another server may have applied another content since.
    private void compare(Found file) {
        Optional<Obj> addon = addons.find(file.addon());
        if (addon.isPresent()) {
            Copy applied = Addons.applied(addon.get());
            deployment.own(file).filter(own -> !own.checksum().equals(applied.checksum())
                    && !applied.server().equals(own.server()))
                    .ifPresent(own -> announcer.differs(addon.get(), file.path(), own, applied));
        }
    }

    /// Add-ons that are disabled and whose files have gone already.
    private void withdraw(Listing listing) {
        for (String word : disabled.words()) {
            boolean file = listing.files().stream().anyMatch(one -> one.addon().equals(word));
            Optional<Obj> addon = file || !Names.subdomain(word).isEmpty() ? Optional.empty() : addons.find(word);
            if (addon.isPresent() && absent(addon.get().spec().text("source"))) {
                removal.addon(addon.get());
                counts.removed();
            }
        }
    }

    private static boolean absent(String path) {
        try {
            return !path.isEmpty() && Files.notExists(Path.of(path));
        } catch (InvalidPathException edited) {
            return false;
        }
    }
}
