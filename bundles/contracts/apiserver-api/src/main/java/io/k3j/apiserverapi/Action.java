package io.k3j.apiserverapi;

import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
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
    record Call(Caller caller, Key key, Struct body, boolean dryRun, String lease) {
        /// The request of somebody who does not lead.
        public Call(Caller caller, Key key, Struct body, boolean dryRun) {
            this(caller, key, body, dryRun, "");
        }
    }
}
