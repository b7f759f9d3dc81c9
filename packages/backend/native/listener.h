// Which connections reach the server of TensorFlow's collectives.
#pragma once
#include <cstdint>
#include <string>

/**
 * TensorFlow's server listens on every address of the machine, and takes whatever anyone sends. From here on what was not sent to
 * this address of the machine does not reach it, as if it listened there alone.
 *
 * @param port    of the server, which listens already
 * @param address IPv4, in the order of the network
 * @throws Failure if there is no such listener, or the system does not filter
 */
void listenOnlyOn(uint16_t port, uint32_t address);

/** Keeps what TensorFlow prints to standard error while it begins a server off the terminal, for as long as this lives. */
class Silence {
 public:
  Silence();
  ~Silence();

 private:
  int terminal;
};
