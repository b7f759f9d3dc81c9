#include "listener.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tensorflow.h"

namespace {

bool listensOn(int socket, uint16_t port) {
  int listens = 0;
  socklen_t length = sizeof listens;
  if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens) return false;
  sockaddr_storage address{};
  length = sizeof address;
  if (getsockname(socket, (sockaddr*)&address, &length) != 0) return false;
  if (address.ss_family == AF_INET) return ntohs(((sockaddr_in*)&address)->sin_port) == port;
  return address.ss_family == AF_INET6 && ntohs(((sockaddr_in6*)&address)->sin6_port) == port;
}

/** Only packets of IPv4 to this address, of those that come to the socket. */
void filter(int socket, uint32_t address) {
  const uint32_t header = (uint32_t)SKF_NET_OFF;
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, header),                  // version, length
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),                   //
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 0, 3),             // IPv4
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 16),             // destination
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(address), 0, 1),   //
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog filter{sizeof program / sizeof *program, program};
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0)
    throw Failure{TF_INTERNAL, std::string("the system does not keep other connections out: ") + std::strerror(errno)};
}

}  // namespace

void listenOnlyOn(uint16_t port, uint32_t address) {
  bool found = false;
  DIR* files = opendir("/proc/self/fd");
  if (files) {
    while (const dirent* entry = readdir(files)) {
      const int socket = std::atoi(entry->d_name);
      if (entry->d_name[0] == '.' || !listensOn(socket, port)) continue;
      filter(socket, address);
      found = true;
    }
    closedir(files);
  }
  if (!found) throw Failure{TF_INTERNAL, "the server of TensorFlow is not found among the sockets of the process"};
}

Silence::Silence() : terminal(dup(2)) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, 2);
  close(nowhere);
}

Silence::~Silence() {
  dup2(terminal, 2);
  close(terminal);
}
