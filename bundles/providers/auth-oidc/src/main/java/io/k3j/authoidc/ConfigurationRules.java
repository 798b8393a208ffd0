package io.k3j.authoidc;

import io.k3j.apimachinery.DomainPaths;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.authoidc.JwtConfiguration.ClaimRule;
import io.k3j.authoidc.JwtConfiguration.Extra;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import io.k3j.authoidc.JwtConfiguration.Mapping;
import io.k3j.authoidc.JwtConfiguration.UserRule;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What must hold of a configuration, in upstream's words and order. One use.
final class ConfigurationRules {
    /// Issuers at once.
    static final int MOST_ISSUERS = 64;
    private static final String BOTH = "claim and expression can't both be set";
    private static final String NEITHER = "claim or expression is required";
    private final List<FieldProblem> problems = new ArrayList<>();
    private final Set<String> disallowed;
    private final ClaimExpressions compiler;

    private ConfigurationRules(Set<String> disallowed, ClaimExpressions compiler) {
        this.disallowed = disallowed;
        this.compiler = compiler;
    }

    /// What is wrong; nothing: it can be used.
    /// @param disallowed the issuers of this cluster's own tokens
    static List<FieldProblem> problems(AuthenticationConfiguration configuration, Set<String> disallowed,
            ClaimExpressions compiler) {
        ConfigurationRules rules = new ConfigurationRules(disallowed, compiler);
        rules.all(configuration);
        return rules.problems;
    }

    private void all(AuthenticationConfiguration configuration) {
        if (configuration.jwt().size() > MOST_ISSUERS) {
            problems.add(FieldProblem.tooMany("jwt", configuration.jwt().size(), MOST_ISSUERS));
            return;
        }
        Set<String> urls = new HashSet<>();
        Set<String> discoveries = new HashSet<>();
        for (int i = 0; i < configuration.jwt().size(); i++) {
            JwtConfiguration jwt = configuration.jwt().get(i);
            String at = "jwt[" + i + "]";
            jwt(jwt, at);
            if (!urls.add(jwt.issuer().url())) {
                problems.add(FieldProblem.duplicate(at + ".issuer.url", jwt.issuer().url()));
            }
            String discovery = jwt.issuer().discoveryUrl();
            if (!discovery.isEmpty() && !discoveries.add(discovery)) {
                problems.add(FieldProblem.duplicate(at + ".issuer.discoveryURL", discovery));
            }
        }
        Struct anonymous = configuration.anonymous();
        if (anonymous != null && !anonymous.flag("enabled") && !anonymous.seq("conditions").isEmpty()) {
            invalid("anonymous.conditions", anonymous.seq("conditions"),
                    "enabled should be set to true when conditions are defined");
        }
    }

    private void invalid(String at, Object value, String why) {
        problems.add(FieldProblem.invalid(at, value, why));
    }

    private void jwt(JwtConfiguration jwt, String at) {
        issuer(jwt.issuer(), at + ".issuer");
        claimRules(jwt.claimRules(), at + ".claimValidationRules");
        String mappings = at + ".claimMappings";
        mapping(jwt.username(), mappings + ".username", true);
        mapping(jwt.groups(), mappings + ".groups", false);
        uid(jwt.uid(), mappings + ".uid");
        extra(jwt.extra(), mappings + ".extra");
        if (compiler.usesUnverifiedEmail(jwt)) {
            invalid(mappings + ".username.expression", jwt.username().expression(),
                    "claims.email_verified must be used in claimMappings.username.expression or"
                            + " claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when"
                            + " claims.email is used in claimMappings.username.expression");
        }
        userRules(jwt.userRules(), at + ".userValidationRules");
    }

    private void issuer(Issuer issuer, String at) {
        problems.addAll(IssuerUrl.issuer(issuer.url(), disallowed, at + ".url"));
        problems.addAll(IssuerUrl.discovery(issuer.url(), issuer.discoveryUrl(), at + ".discoveryURL"));
        audiences(issuer, at);
        if (!issuer.certificateAuthority().isEmpty() && !certificates(issuer.certificateAuthority())) {
            invalid(at + ".certificateAuthority", "<omitted>",
                    "data does not contain any valid RSA or ECDSA certificates");
        }
        String egress = issuer.egressSelectorType();
        if (!egress.isEmpty() && !egress.equals("controlplane") && !egress.equals("cluster")) {
            invalid(at + ".egressSelectorType", egress, "egress selector must be either controlplane or cluster");
        }
    }

    private static boolean certificates(String pem) {
        try {
            return !Pem.certificates(pem).isEmpty();
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private void audiences(Issuer issuer, String parent) {
        String at = parent + ".audiences";
        if (issuer.audiences().isEmpty()) {
            problems.add(FieldProblem.required(at, "at least one " + at + " is required"));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < issuer.audiences().size(); i++) {
            String audience = issuer.audiences().get(i);
            if (audience.isEmpty()) {
                problems.add(FieldProblem.required(at + "[" + i + "]", ""));
            }
            if (!seen.add(audience)) {
                problems.add(FieldProblem.duplicate(at + "[" + i + "]", audience));
            }
        }
        String policy = issuer.audienceMatchPolicy();
        boolean any = policy.equals("MatchAny");
        if (issuer.audiences().size() > 1 && !any) {
            invalid(parent + ".audienceMatchPolicy", policy,
                    "audienceMatchPolicy must be MatchAny for multiple audiences");
        } else if (!policy.isEmpty() && !any) {
            invalid(parent + ".audienceMatchPolicy", policy,
                    "audienceMatchPolicy must be empty or MatchAny for single audience");
        }
    }

    private void claimRules(List<ClaimRule> rules, String parent) {
        Set<String> claims = new HashSet<>();
        Set<String> expressions = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            ClaimRule rule = rules.get(i);
            String at = parent + "[" + i + "]";
            if (!rule.claim().isEmpty() && !rule.expression().isEmpty()) {
                invalid(at, rule.claim(), BOTH);
            } else if (rule.claim().isEmpty() && rule.expression().isEmpty()) {
                problems.add(FieldProblem.required(at, NEITHER));
            } else if (rule.expression().isEmpty()) {
                claimRule(rule, at, claims);
            } else {
                expressionRule(rule, at, expressions);
            }
        }
    }

    private void claimRule(ClaimRule rule, String at, Set<String> seen) {
        if (!rule.message().isEmpty()) {
            invalid(at + ".message", rule.message(), "may not be specified when claim is set");
        }
        if (!seen.add(rule.claim())) {
            problems.add(FieldProblem.duplicate(at + ".claim", rule.claim()));
        }
    }

    private void expressionRule(ClaimRule rule, String at, Set<String> seen) {
        if (!rule.requiredValue().isEmpty()) {
            invalid(at + ".requiredValue", rule.requiredValue(), "may not be specified when expression is set");
        }
        if (!seen.add(rule.expression())) {
            problems.add(FieldProblem.duplicate(at + ".expression", rule.expression()));
        } else {
            compile(compiler.claims(rule.expression(), true), rule.expression(), at + ".expression");
        }
    }

    private void compile(ClaimExpressions.Outcome outcome, String expression, String at) {
        if (!outcome.problem().isEmpty()) {
            invalid(at, expression, outcome.problem());
        }
    }

    private void mapping(Mapping mapping, String at, boolean required) {
        if (!mapping.expression().isEmpty() && !mapping.claim().isEmpty()) {
            invalid(at, "", BOTH);
        } else if (!mapping.expression().isEmpty()) {
            if (mapping.prefix() != null) {
                invalid(at + ".prefix", mapping.prefix(), "may not be specified when expression is set");
            }
            compile(compiler.claims(mapping.expression(), false), mapping.expression(), at + ".expression");
        } else if (mapping.claim().isEmpty()) {
            if (required) {
                problems.add(FieldProblem.required(at, NEITHER));
            }
        } else if (mapping.prefix() == null) {
            problems.add(FieldProblem.required(at + ".prefix",
                    "prefix is required when claim is set. It can be set to an empty string to disable prefixing"));
        }
    }

    private void uid(Mapping uid, String at) {
        if (!uid.claim().isEmpty() && !uid.expression().isEmpty()) {
            invalid(at, "", BOTH);
        } else if (!uid.expression().isEmpty()) {
            compile(compiler.claims(uid.expression(), false), uid.expression(), at + ".expression");
        }
    }

    private void extra(List<Extra> all, String parent) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            Extra extra = all.get(i);
            String at = parent + "[" + i + "]";
            key(extra.key(), at + ".key");
            if (!seen.add(extra.key())) {
                problems.add(FieldProblem.duplicate(at + ".key", extra.key()));
            } else if (extra.valueExpression().isEmpty()) {
                problems.add(FieldProblem.required(at + ".valueExpression", ""));
            } else {
                compile(compiler.claims(extra.valueExpression(), false), extra.valueExpression(),
                        at + ".valueExpression");
            }
        }
    }

    private void key(String key, String at) {
        if (key.isEmpty()) {
            problems.add(FieldProblem.required(at, ""));
        } else {
            DomainPaths.check(key, (part, why) -> invalid(at, part, why));
        }
        if (!key.equals(key.toLowerCase(Locale.ROOT))) {
            invalid(at, key, "must be lowercase");
        }
        String domain = key.substring(0, Math.max(0, key.indexOf('/')));
        if (List.of("k8s.io", "kubernetes.io").stream().anyMatch(d -> domain.equals(d) || domain.endsWith("." + d))) {
            invalid(at, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
        }
    }

    private void userRules(List<UserRule> rules, String parent) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            String at = parent + "[" + i + "].expression";
            String expression = rules.get(i).expression();
            if (expression.isEmpty()) {
                problems.add(FieldProblem.required(at, ""));
            } else if (!seen.add(expression)) {
                problems.add(FieldProblem.duplicate(at, expression));
            } else {
                compile(compiler.user(expression), expression, at);
            }
        }
    }
}
