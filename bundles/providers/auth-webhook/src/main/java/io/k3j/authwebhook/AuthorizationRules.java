package io.k3j.authwebhook;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What an AuthorizationConfiguration must fulfil, in upstream's words. One thread; one use.
final class AuthorizationRules {
    private static final String MODES = "\"ABAC\", \"AlwaysAllow\", \"AlwaysDeny\", \"Node\", \"RBAC\", \"Webhook\"";
    private static final String V1 = "\"v1\"";
    private static final int MOST_CONDITIONS = 64;
    /// More steps are a mistake, and each webhook has its own memory.
    private static final int MOST_AUTHORIZERS = 32;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private final List<FieldProblem> problems = new ArrayList<>();
    private final ConditionCompiler compiler;

    private AuthorizationRules(ConditionCompiler compiler) {
        this.compiler = compiler;
    }

    /// All of it.
    static List<FieldProblem> problems(Struct configuration, ConditionCompiler compiler) {
        AuthorizationRules rules = new AuthorizationRules(compiler);
        rules.authorizers(configuration.seq("authorizers").structs());
        return rules.problems;
    }

    /// Those whose name is not that of their type.
    static List<String> misnamed(List<AuthorizerConfiguration> authorizers) {
        return authorizers.stream()
                .filter(a -> a.webhook().isEmpty() && !a.name().equals(AuthorizationOptions.name(a.type())))
                .map(a -> "expected name " + AuthorizationOptions.name(a.type()) + " for authorizer " + a.type()
                        + " instead of " + a.name())
                .toList();
    }

    private void authorizers(List<Struct> all) {
        if (all.isEmpty()) {
            problems.add(FieldProblem.required("authorizers", "at least one authorization mode must be defined"));
        }
        if (all.size() > MOST_AUTHORIZERS) {
            problems.add(FieldProblem.tooMany("authorizers", all.size(), MOST_AUTHORIZERS));
            return;
        }
        Set<String> types = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            Struct step = all.get(i);
            String path = "authorizers[" + i + "]";
            if (type(path + ".type", step.text("type"), types)) {
                name(path + ".name", step.text("name"), names);
                webhook(path + ".webhook", path, step);
            }
        }
    }

    private boolean type(String path, String type, Set<String> seen) {
        int before = problems.size();
        if (type.isEmpty()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (!AuthorizationOptions.MODES.contains(type)) {
            problems.add(FieldProblem.unsupported(path, type, MODES));
        } else if (!seen.add(type) && !type.equals("Webhook")) {
            problems.add(FieldProblem.duplicate(path, type));
        }
        return problems.size() == before;
    }

    private void name(String path, String name, Set<String> seen) {
        if (name.isEmpty()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (!seen.add(name)) {
            problems.add(FieldProblem.duplicate(path, name));
        } else if (!Names.subdomain(name).isEmpty()) {
            problems.add(FieldProblem.invalid(path, name,
                    "authorizer name is invalid: " + String.join(", ", Names.subdomain(name))));
        }
    }

    private void webhook(String path, String step, Struct authorizer) {
        if (!authorizer.text("type").equals("Webhook")) {
            if (authorizer.has("webhook")) {
                problems.add(FieldProblem.invalid(path, "non-null", "may only be specified when type=Webhook"));
            }
            return;
        }
        if (!authorizer.has("webhook")) {
            problems.add(FieldProblem.required(path, "required when type=Webhook"));
            return;
        }
        Struct webhook = authorizer.struct("webhook");
        timeout(step + ".timeout", webhook);
        ttl(step + ".authorizedTTL", webhook, "authorizedTTL");
        ttl(step + ".unauthorizedTTL", webhook, "unauthorizedTTL");
        chosen(step + ".subjectAccessReviewVersion", webhook.text("subjectAccessReviewVersion"), "v1", "v1beta1");
        chosen(step + ".failurePolicy", webhook.text("failurePolicy"), "NoOpinion", "Deny");
        connection(step + ".connectionInfo", webhook.struct("connectionInfo"));
        conditions(step, webhook);
    }

    private Duration duration(String path, Struct webhook, String field) {
        try {
            return AuthorizationConfiguration.duration(webhook, field, Duration.ZERO);
        } catch (IllegalArgumentException e) {
            problems.add(FieldProblem.invalid(path, webhook.text(field), "invalid duration"));
            return Duration.ofSeconds(1);
        }
    }

    private void timeout(String path, Struct webhook) {
        Duration timeout = duration(path, webhook, "timeout");
        if (timeout.isZero()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (timeout.isNegative() || timeout.compareTo(LONGEST) > 0) {
            problems.add(FieldProblem.invalid(path, webhook.text("timeout"), "must be > 0s and <= 30s"));
        }
    }

    private void ttl(String path, Struct webhook, String field) {
        if (duration(path, webhook, field).isNegative()) {
            problems.add(FieldProblem.invalid(path, webhook.text(field), "must be > 0s"));
        }
    }

    private void chosen(String path, String value, String one, String other) {
        if (value.isEmpty()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (!value.equals(one) && !value.equals(other)) {
            problems.add(FieldProblem.unsupported(path, value, "\"" + one + "\", \"" + other + "\""));
        }
    }

    private void connection(String path, Struct connection) {
        String file = connection.text("kubeConfigFile");
        String of = path + ".kubeConfigFile";
        switch (connection.text("type")) {
            case "" -> problems.add(FieldProblem.required(path + ".type", ""));
            case "KubeConfigFile" -> kubeconfig(of, file);
            case "InClusterConfig" -> inCluster(path, connection);
            default -> problems.add(FieldProblem.unsupported(path + ".type", connection.text("type"),
                    "\"InClusterConfig\", \"KubeConfigFile\""));
        }
    }

    /// Upstream's rules take it, for other servers than the API server: that one would ask itself, and ends there.
    private void inCluster(String path, Struct connection) {
        if (connection.has("kubeConfigFile")) {
            problems.add(FieldProblem.invalid(path + ".kubeConfigFile", connection.text("kubeConfigFile"),
                    "can only be set when type=KubeConfigFile"));
        }
        problems.add(FieldProblem.invalid(path + ".type", "InClusterConfig",
                "this mode is not allowed for the API server, which would ask itself; use KubeConfigFile"));
    }

    private void kubeconfig(String path, String file) {
        if (file.isEmpty()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (!Path.of(file).isAbsolute()) {
            problems.add(FieldProblem.invalid(path, file, "must be an absolute path"));
        } else if (!Files.exists(Path.of(file))) {
            problems.add(FieldProblem.invalid(path, file,
                    "error loading file: stat " + file + ": no such file or directory"));
        } else if (!regular(Path.of(file))) {
            problems.add(FieldProblem.invalid(path, file, "must be a regular file"));
        }
    }

    private static boolean regular(Path file) {
        try {
            return Files.isRegularFile(file.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private void conditions(String path, Struct webhook) {
        List<Struct> conditions = webhook.seq("matchConditions").structs();
        String version = webhook.text("matchConditionSubjectAccessReviewVersion");
        String of = path + ".matchConditionSubjectAccessReviewVersion";
        if (version.isEmpty() && !conditions.isEmpty()) {
            problems.add(FieldProblem.required(of, "required if match conditions are specified"));
        } else if (!version.isEmpty() && !version.equals("v1")) {
            problems.add(FieldProblem.unsupported(of, version, V1));
        }
        if (conditions.size() > MOST_CONDITIONS) {
            problems.add(FieldProblem.tooMany(path + ".matchConditions", conditions.size(), MOST_CONDITIONS));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            condition(path + ".matchConditions[" + i + "].expression", conditions.get(i).text("expression"), seen);
        }
    }

    private void condition(String path, String expression, Set<String> seen) {
        if (expression.isBlank()) {
            problems.add(FieldProblem.required(path, ""));
        } else if (!seen.add(expression)) {
            problems.add(FieldProblem.duplicate(path, expression));
        } else {
            String problem = compiler.problem(expression);
            if (!problem.isEmpty()) {
                problems.add(FieldProblem.invalid(path, expression, problem));
            }
        }
    }
}
