/// Released Java clients against the assembled product: what they promise their users must hold, through a `kill -9`
/// of the server and a swap of the API server too.
@NullMarked
package io.k3j.clients;

import org.jspecify.annotations.NullMarked;
