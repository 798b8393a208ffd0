package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.AUTHORIZER;
import static io.k3j.celvalues.Opaques.DECISION;
import static io.k3j.celvalues.Opaques.GROUP_CHECK;
import static io.k3j.celvalues.Opaques.PATH_CHECK;
import static io.k3j.celvalues.Opaques.RESOURCE_CHECK;

import dev.cel.common.types.OpaqueType;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.celapi.CelAccess;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.Opaque;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import java.util.List;
import java.util.function.Function;

/// Upstream's library of authorization checks.
final class Authorizers {
    private Authorizers() {
    }

    /// `authorizer`.
    record Asking(CelAccess access) implements Opaque {
        @Override
        public OpaqueType type() {
            return AUTHORIZER;
        }
    }

    /// A check of a path.
    record PathCheck(CelAccess access, String path) implements Opaque {
        @Override
        public OpaqueType type() {
            return PATH_CHECK;
        }
    }

    /// A check of something in a group.
    record GroupCheck(CelAccess access, String group) implements Opaque {
        @Override
        public OpaqueType type() {
            return GROUP_CHECK;
        }
    }

    /// A check of a resource, but for the verb.
    record ResourceCheck(CelAccess access, Attributes what) implements Opaque {
        @Override
        public OpaqueType type() {
            return RESOURCE_CHECK;
        }
    }

    /// The answer to a check.
    record Answer(Verdict verdict, String reason, String error) implements Opaque {
        @Override
        public OpaqueType type() {
            return DECISION;
        }
    }

    static Object adapt(Object raw) {
        return switch (raw) {
            case CelAccess access -> new Asking(access);
            case CelAccess.Check(CelAccess access, Attributes resource) -> new ResourceCheck(access, resource);
            default -> raw;
        };
    }

    static void enter(Functions f) {
        f.member("path", "authorizer_path", PATH_CHECK,
                (_, a) -> new PathCheck(as(Asking.class, a).access(), named((String) a[1], "path")), AUTHORIZER,
                STRING);
        f.member("group", "authorizer_group", GROUP_CHECK,
                (_, a) -> new GroupCheck(as(Asking.class, a).access(), (String) a[1]), AUTHORIZER, STRING);
        f.member("serviceAccount", "authorizer_serviceaccount", AUTHORIZER,
                (_, a) -> serviceAccount(as(Asking.class, a).access(), (String) a[1], (String) a[2]), AUTHORIZER,
                STRING,
                STRING);
        f.member("resource", "groupcheck_resource", RESOURCE_CHECK, (_, a) -> resource(as(GroupCheck.class, a),
                named((String) a[1], "resource")), GROUP_CHECK, STRING);
        refined(f, "subresource", "resourcecheck_subresource",
                (w, s) -> copy(w, s, w.namespace(), w.name()));
        refined(f, "namespace", "resourcecheck_namespace", (w, s) -> copy(w, w.subresource(), s, w.name()));
        refined(f, "name", "resourcecheck_name", (w, s) -> copy(w, w.subresource(), w.namespace(), s));
        refined(f, "fieldSelector", "authorizer_fieldselector",
                (w, s) -> selected(w, fields(s), w.labels()));
        refined(f, "labelSelector", "authorizer_labelselector", (w, s) -> selected(w, w.fields(), labels(s)));
        f.member("check", "pathcheck_check", DECISION, (_, a) -> check(as(PathCheck.class, a).access(),
                Attributes.path((String) a[1], as(PathCheck.class, a).path())), PATH_CHECK, STRING);
        f.member("check", "resourcecheck_check", DECISION, (_, a) -> check(as(ResourceCheck.class, a).access(),
                verb(as(ResourceCheck.class, a).what(), (String) a[1])), RESOURCE_CHECK, STRING);
        answers(f);
    }

    private static void answers(Functions f) {
        answer(f, "errored", "decision_errored", BOOL, d -> !d.error().isEmpty());
        answer(f, "error", "decision_error", STRING, Answer::error);
        answer(f, "allowed", "decision_allowed", BOOL, d -> d.verdict() == Verdict.ALLOW);
        answer(f, "reason", "decision_reason", STRING, Answer::reason);
    }

    private static void answer(Functions f, String name, String id, dev.cel.common.types.CelType result,
            Function<Answer, Object> part) {
        f.member(name, id, result, (_, a) -> part.apply(as(Answer.class, a)), DECISION);
    }

    /// One more attribute of a check.
    @FunctionalInterface
    private interface Refinement {
        Attributes of(Attributes what, String value);
    }

    private static void refined(Functions f, String name, String id, Refinement more) {
        f.member(name, id, RESOURCE_CHECK, (_, a) -> {
            ResourceCheck check = as(ResourceCheck.class, a);
            return new ResourceCheck(check.access(), more.of(check.what(), (String) a[1]));
        }, RESOURCE_CHECK, STRING);
    }

    private static <T> T as(Class<T> type, Object[] arguments) {
        if (!type.isInstance(arguments[0])) {
            throw EvalFailure.noSuchOverload();
        }
        return type.cast(arguments[0]);
    }

    private static String named(String value, String what) {
        if (value.isBlank()) {
            throw new EvalFailure(what + " must not be empty");
        }
        return value;
    }

    private static Asking serviceAccount(CelAccess access, String namespace, String name) {
        if (!Names.subdomain(name).isEmpty()) {
            throw new EvalFailure("Invalid service account name");
        }
        if (!Names.label(namespace).isEmpty()) {
            throw new EvalFailure("Invalid service account namespace");
        }
        Caller account = Caller.of("system:serviceaccount:" + namespace + ":" + name,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace));
        return new Asking(new CelAccess(account, access.authorizer()));
    }

    private static ResourceCheck resource(GroupCheck group, String resource) {
        return new ResourceCheck(group.access(), new Attributes("", group.group(), "*", resource, "", "", "", ""));
    }

    private static Attributes copy(Attributes w, String subresource, String namespace, String name) {
        return new Attributes(w.verb(), w.group(), w.version(), w.resource(), subresource, namespace, name, w.path(),
                w.fields(), w.labels());
    }

    private static Attributes selected(Attributes w, FieldSelector fields, Selector labels) {
        return new Attributes(w.verb(), w.group(), w.version(), w.resource(), w.subresource(), w.namespace(), w.name(),
                w.path(), fields, labels);
    }

    private static Attributes verb(Attributes w, String verb) {
        return new Attributes(verb, w.group(), w.version(), w.resource(), w.subresource(), w.namespace(), w.name(),
                w.path(), w.fields(), w.labels());
    }

    private static Selector labels(String selector) {
        try {
            return Selector.parse(selector);
        } catch (IllegalArgumentException e) {
            return Selector.EVERYTHING;
        }
    }

    /// What cannot be read asks for everything.
    private static FieldSelector fields(String selector) {
        try {
            return FieldSelector.parse(selector);
        } catch (IllegalArgumentException e) {
            return FieldSelector.EVERYTHING;
        }
    }

    @SuppressWarnings("IllegalCatch") // whatever an authorizer throws is an answer
    private static Answer check(CelAccess access, Attributes what) {
        try {
            Authorizer.Decision decision = access.authorizer().decide(access.caller(), what);
            return new Answer(decision.verdict(), decision.reason(), "");
        } catch (RuntimeException e) {
            return new Answer(Verdict.NO_OPINION, "", e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }
}
