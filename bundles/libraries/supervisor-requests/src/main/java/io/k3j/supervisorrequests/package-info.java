/// What a handler of the supervisor's port is given and answers with: who asks ([Requester]), the handler itself
/// ([RequestHandler]), its no ([Refusal]) and the forms of its answers ([Replies]).
///
/// A library of values and pure functions: no state, no threads of its own. A handler runs on the virtual thread of its
/// request and may block. A [Refusal] carries the HTTP status and what the client is to read; anything else a handler
/// throws is a fault of the server. Source: K3s' `pkg/server/handlers` and `pkg/server/auth`.
@NullMarked
package io.k3j.supervisorrequests;

import org.jspecify.annotations.NullMarked;
