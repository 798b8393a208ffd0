package io.k3j.controllerscluster;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.PodReferences;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/// Takes away Secrets with tokens of ServiceAccounts that were made by themselves, as before 1.24, and that nobody has
/// used for a year: first they are marked as invalid, and after another year they are deleted. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>. Who uses one is noted by API
/// servers; what was not used counts from the day on which all of them do.
final class LegacyTokenCleaner implements Reconciler {
    private static final String ACCOUNT = "legacy-service-account-token-cleaner";
    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
    private static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";
    private static final Key TRACKING = new Key("kube-system", "kube-apiserver-legacy-service-account-token-tracking");
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration LOOK_AGAIN = Duration.ofDays(1);
    private final LiveView secrets;
    private final LiveView accounts;
    private final LiveView pods;
    private final LiveView tracking;
    private final InstantSource clock;
    private final Duration unused;

    private LegacyTokenCleaner(ControllerContext context, Duration unused) {
        this.secrets = context.views().of(BuiltinResources.SECRETS, Query.ALL.where("type", TYPE));
        this.accounts = context.views().of(BuiltinResources.SERVICE_ACCOUNTS);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.tracking = context.views().of(BuiltinResources.CONFIG_MAPS,
                Query.in(TRACKING.namespace()).where("metadata.name", TRACKING.name()));
        this.clock = context.clock();
        this.unused = unused;
    }

    /// @param arguments of the controllers; `legacy-service-account-token-clean-up-period` counts
    /// @throws IllegalArgumentException naming a wrong one
    static void add(ControllerContext context, String... arguments) {
        Duration unused = ComponentArguments.of("--kube-controller-manager-arg", arguments)
                .duration("legacy-service-account-token-clean-up-period", YEAR, "8760h");
        LegacyTokenCleaner all = new LegacyTokenCleaner(context, unused);
        context.loop("legacy-serviceaccount-token-cleaner-controller", ACCOUNT, 1, all).on(all.secrets)
                .reads(all.accounts, all.pods, all.tracking);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> secret = secrets.get(key).filter(s -> !s.terminating());
        if (secret.isEmpty()) {
            return Requeue.NEVER;
        }
        Instant now = clock.instant();
        if (tracked(now) && old(secret.get(), now) && generated(secret.get()) && !mounted(secret.get())) {
            takeAway(secret.get(), now, writer);
        }
        return Requeue.after(LOOK_AGAIN);
    }

    /// Whether uses are noted for so long that one that is missing was none. The day itself may be one of them in part.
    private boolean tracked(Instant now) {
        Optional<LocalDate> since = tracking.get(TRACKING)
                .flatMap(map -> date(map.tree().struct("data").text("since")));
        return since.isPresent()
                && !now.isBefore(since.get().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(unused));
    }

    private LocalDate bound(Instant now) {
        return today(now.minus(unused));
    }

    private static LocalDate today(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    /// Not made and not used for so long; one whose label says no day is left alone.
    private boolean old(Obj secret, Instant now) {
        Instant made = Times.parse(secret.metadata().text("creationTimestamp")).orElse(now);
        String used = secret.labels().get(LAST_USED);
        return made.isBefore(now.minus(unused))
                && (used == null || date(used).filter(day -> day.isBefore(bound(now))).isPresent());
    }

    /// Only those that an account names were made by themselves; others are their makers' own.
    private boolean generated(Obj secret) {
        String account = secret.annotations().getOrDefault("kubernetes.io/service-account.name", "");
        String uid = secret.annotations().getOrDefault("kubernetes.io/service-account.uid", "");
        return accounts.get(new Key(secret.namespace(), account)).filter(a -> uid.isEmpty() || uid.equals(a.uid()))
                .filter(a -> a.tree().seq("secrets").structs().stream()
                        .anyMatch(ref -> ref.text("name").equals(secret.name())))
                .isPresent();
    }

    private boolean mounted(Obj secret) {
        String reference = "secrets/" + secret.name();
        return pods.list(secret.namespace()).stream().anyMatch(pod -> PodReferences.of(pod).contains(reference));
    }

    private void takeAway(Obj secret, Instant now, ExpectingWriter writer) {
        Optional<LocalDate> invalid = date(secret.labels().getOrDefault(INVALID_SINCE, ""));
        if (invalid.isEmpty()) {
            writer.patch(BuiltinResources.SECRETS, secret.key(),
                    new Patch.Merge(Struct.of("metadata", Struct.of("uid", secret.uid(), "labels",
                            Struct.of(INVALID_SINCE, today(now).toString())))),
                    WriteOptions.PLAIN);
        } else if (invalid.get().isBefore(bound(now))) {
            // one that was used or changed meanwhile stays
            writer.delete(BuiltinResources.SECRETS, secret, new DeleteOptions(-1, "", secret.uid(), secret.revision()));
        }
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }
}
