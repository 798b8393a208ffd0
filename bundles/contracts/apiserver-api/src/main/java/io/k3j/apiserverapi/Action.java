package io.k3j.apiserverapi;

import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/// A POST that is no plain create: a review (`tokenreviews`, empty subresource), or a subresource such
/// as `serviceaccounts/token`, `pods/eviction`, `pods/binding`.
///
/// **Threads.** Any, several at once; may block. One of a plug-in directory is asked on another thread, for each call,
/// and must have answered within 30 s.
@ConsumerType
public interface Action {
    /// The resource posted to.
    Gvr resource();

    /// The subresource, empty for the resource itself.
    String subresource();

    /// Carries it out, after authentication, authorisation, decoding and admission.
    /// @throws io.k3j.clientapi.ApiFault as the answer
    Struct perform(Call call);

    /// The request: the object's key (name empty for reviews), and the decoded body, with
    /// `apiVersion` and `kind`.
    /// @param lease under which the caller leads on this server, as what is written for it must; empty: none
    /// @param notes takes what is said beside the answer
    record Call(Caller caller, Key key, Struct body, boolean dryRun, String lease, Notes notes) {
        /// The request of somebody who is told nothing beside the answer.
        public Call(Caller caller, Key key, Struct body, boolean dryRun, String lease) {
            this(caller, key, body, dryRun, lease, _ -> {
            });
        }

        /// The request of somebody who does not lead, nor is told anything beside the answer.
        public Call(Caller caller, Key key, Struct body, boolean dryRun) {
            this(caller, key, body, dryRun, "");
        }
    }

    /// Takes what is said of a request beside its answer: texts for the client (`Warning` headers), and annotations for
    /// its audit event. On the thread that works for it, before the answer.
    @FunctionalInterface
    interface Notes extends Consumer<String> {
        /// An annotation of the audit event; the first value of a key stays. Dropped where nobody records.
        default void annotate(String key, String value) {
            // nobody records
        }
    }
}
