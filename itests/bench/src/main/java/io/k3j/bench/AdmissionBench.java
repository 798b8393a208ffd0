package io.k3j.bench;

import io.k3j.bench.Requests.Call;
import io.k3j.testkitbase.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// What admission adds to a create of 1 KiB, one request at a time: webhooks and policies that are for others, one
/// mutating and one validating webhook, ten validating policies. In turns; the medians of the medians count.
final class AdmissionBench {
    private static final int ISSUE = 15;
    private static final int ROUNDS = 9;
    private static final int POLICIES = 10;
    private static final double WARM_SECONDS = 10;
    private static final double SECONDS = 2;
    private static final int TRIES = 1_000;
    private static final double WEBHOOKS_MICROS = 1_000;
    private static final double POLICIES_MICROS = 100;
    private final Product product;
    private final Links users;
    private final Webhooks hooks;
    private final AtomicLong names = new AtomicLong();

    private AdmissionBench(Product product, Links users, Webhooks hooks) {
        this.product = product;
        this.users = users;
        this.hooks = hooks;
    }

    /// Which namespace a create goes to, named by its label.
    private enum Case {
        PLAIN, HOOKED, JUDGED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Measures it below a directory.
    static void run(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        Files.createDirectories(directory);
        try (Product product = Product.start(directory, false); Webhooks hooks = Webhooks.start()) {
            product.ready();
            product.grant();
            try (Links users = product.users("bench", 1)) {
                new AdmissionBench(product, users, hooks).all();
            }
        } finally {
            ApiBench.delete(directory);
        }
    }

    private void all() throws IOException, InterruptedException {
        for (Case c : Case.values()) {
            product.ask(Call.of("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + c.label()
                    + "\",\"labels\":{\"bench\":\"" + c.label() + "\"}}}"));
        }
        median(Case.PLAIN, WARM_SECONDS);
        List<Double> before = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            before.add(median(Case.PLAIN, SECONDS));
        }
        configure();
        for (Case c : Case.values()) {
            median(c, WARM_SECONDS);
        }
        List<List<Double>> all = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        hooks.own();
        for (int i = 0; i < ROUNDS; i++) {
            for (Case c : Case.values()) {
                all.get(c.ordinal()).add(median(c, SECONDS));
            }
        }
        print(middle(before), all, 2 * hooks.own().micros(0.5));
    }

    private static void print(double before, List<List<Double>> all, double own) {
        double plain = middle(all.get(Case.PLAIN.ordinal()));
        new Figure(ISSUE, "create of 1 KiB, one at a time, no webhook or policy, p50", before, "µs").alone();
        new Figure(ISSUE, "the same beside webhooks and policies for others", plain, "µs").alone();
        new Figure(ISSUE, "a mutating and a validating webhook take themselves, p50", own, "µs").alone();
        new Figure(ISSUE, "both add to a create beside that", middle(all.get(Case.HOOKED.ordinal())) - plain - own,
                "µs")
                .atMost(WEBHOOKS_MICROS);
        new Figure(ISSUE, "ten validating policies add to a create", middle(all.get(Case.JUDGED.ordinal())) - plain,
                "µs")
                .atMost(POLICIES_MICROS);
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private void configure() throws IOException, InterruptedException {
        String group = "/apis/admissionregistration.k8s.io/v1/";
        product.ask(Call.of("POST", group + "mutatingwebhookconfigurations",
                hooks.configuration("Mutating", Webhooks.MUTATING, Case.HOOKED.label())));
        product.ask(Call.of("POST", group + "validatingwebhookconfigurations",
                hooks.configuration("Validating", Webhooks.VALIDATING, Case.HOOKED.label())));
        for (int i = 1; i <= POLICIES; i++) {
            product.ask(Call.of("POST", group + "validatingadmissionpolicies", policy(i)));
            product.ask(Call.of("POST", group + "validatingadmissionpolicybindings", """
                    {"metadata":{"name":"bench-%d"},"spec":{"policyName":"bench-%d","validationActions":["Deny"]}}"""
                    .formatted(i, i)));
        }
        until("both webhooks are asked", () -> {
            hooks.own();
            product.ask(create(Case.HOOKED, ""));
            return hooks.own().count() >= 2;
        });
        for (int i = 1; i <= POLICIES; i++) {
            int which = i;
            until("policy " + i + " is in force", () -> denied(which));
        }
    }

    /// Each refuses one label, by which it is known to be in force.
    private static String policy(int number) {
        return """
                {"metadata":{"name":"bench-%d"},"spec":{"failurePolicy":"Fail","matchConstraints":{
                "namespaceSelector":{"matchLabels":{"bench":"judged"}},"resourceRules":[{"operations":["CREATE"],
                "apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]},
                "validations":[{"expression":"object.metadata.name.startsWith('map-') \
                && object.metadata.?labels['refused'].orValue('') != 'by-%d'"}]}}"""
                .formatted(number, number);
    }

    private boolean denied(int number) throws IOException {
        try {
            product.ask(create(Case.JUDGED, ",\"labels\":{\"refused\":\"by-" + number + "\"}"));
            return false;
        } catch (IOException refused) {
            if (String.valueOf(refused.getMessage()).contains("denied request")) {
                return true;
            }
            throw refused;
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void until(String what, Condition condition) throws IOException, InterruptedException {
        for (int tries = 0; !condition.holds(); tries++) {
            if (tries == TRIES) {
                throw new IOException("never: " + what);
            }
            Pauses.millis(20);
        }
    }

    private Call create(Case c, String labels) {
        return Call.of("POST", "/api/v1/namespaces/" + c.label() + "/configmaps",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"map-" + names.incrementAndGet()
                        + "\"" + labels + "},\"data\":{\"v\":\"" + "x".repeat(900) + "\"}}");
    }

    private double median(Case c, double seconds) throws IOException, InterruptedException {
        Load.Reached reached = new Load(product, users, 1, () -> create(c, ""), 201).run(seconds / 10, seconds);
        if (reached.failed() > 0) {
            throw new IOException(reached.failed() + " creates refused in " + c.label());
        }
        return reached.latencies().micros(0.5);
    }
}
