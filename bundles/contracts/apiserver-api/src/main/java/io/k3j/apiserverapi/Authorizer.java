package io.k3j.apiserverapi;

import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// Says whether a caller may do something.
///
/// **Who.** A bundle registers it as a service; the API server asks it about each request, after who it is has been
/// made out.
///
/// **How many.** Any number, asked by service ranking, highest first, until one allows or denies; when none does, the
/// answer is no. While one of the modes that flags want is away, a no becomes 503 ([#NAME]). While one of a plug-in
/// directory is away, because its bundle is being replaced or was stopped, a yes does as well: it might have denied.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.AuthorizerContract` holds it to them:
/// 1. [#decide] answers whatever is asked: any verb, any caller, a path as well as a resource.
/// 2. The answer is the same when asked again, as long as nothing has changed that it goes by.
/// 3. [#resourceRules], [#pathRules] and [#rulesProblem] answer for anybody.
/// 4. Several threads may ask at once.
///
/// **Threads.** The one of the request. Answers come from memory; who waits for somebody outside does so in
/// [Unseated#run], for a bounded time. One of a plug-in directory is asked on another thread, for each call, and must
/// have answered within 10 s.
///
/// **Failure.** What is thrown is answered 500, and nothing is done.
@ConsumerType
public interface Authorizer {
    /// Service property: upstream's name of the mode, `Node` or `RBAC`; `Configured` for who asks the others as
    /// `--kube-apiserver-arg=authorization-…` says. While one of those that are wanted is away, a no becomes 503.
    String NAME = "name";

    /// May `caller` do this? Answers come from views; who has to wait for somebody outside does so in
    /// [Unseated#run], for a bounded time.
    Decision decide(Caller caller, Attributes what);

    /// Whether it asks the others itself, in an order that somebody has configured: then nobody after it is asked,
    /// whatever it says.
    default boolean decidesAlone() {
        return false;
    }

    /// Why what the rules below tell is not all; empty when it is.
    default String rulesProblem() {
        return "";
    }

    /// What a caller may do in a namespace, as the `resourceRules` of a SelfSubjectRulesReview.
    default List<Struct> resourceRules(Caller caller, String namespace) {
        return List.of();
    }

    /// Which other paths a caller may use, as the `nonResourceRules` of a SelfSubjectRulesReview.
    default List<Struct> pathRules(Caller caller) {
        return List.of();
    }

    /// What is asked. For a request of a resource `path` is empty; for any other path the resource
    /// fields are. `fields` and `labels` are what the answer to `list`, `watch` and `deletecollection` is limited to;
    /// they select everything for all else.
    record Attributes(String verb, String group, String version, String resource, String subresource,
            String namespace, String name, String path, FieldSelector fields, Selector labels) {
        /// Not limited by labels.
        @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but one
        public Attributes(String verb, String group, String version, String resource, String subresource,
                String namespace, String name, String path, FieldSelector fields) {
            this(verb, group, version, resource, subresource, namespace, name, path, fields, Selector.EVERYTHING);
        }

        /// Not limited.
        @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but two
        public Attributes(String verb, String group, String version, String resource, String subresource,
                String namespace, String name, String path) {
            this(verb, group, version, resource, subresource, namespace, name, path, FieldSelector.EVERYTHING);
        }

        /// A path that is no resource, as `/healthz`.
        public static Attributes path(String verb, String path) {
            return new Attributes(verb, "", "", "", "", "", "", path);
        }
    }

    /// The answer and, for people, why.
    record Decision(Verdict verdict, String reason) {
        /// No opinion, for no particular reason.
        public static final Decision NO_OPINION = new Decision(Verdict.NO_OPINION, "");
    }

    /// Yes, no, or somebody else's business.
    enum Verdict {
        /// Yes.
        ALLOW,
        /// No, whatever others say.
        DENY,
        /// Ask the next.
        NO_OPINION
    }
}
